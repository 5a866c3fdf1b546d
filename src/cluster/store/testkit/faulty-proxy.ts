/** How does a store look to its clients when the network and the store itself misbehave? A proxy that makes one fault after the other. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * `status` answers that without asking the store; `cut` breaks off half-way through the answer, `lose` before it although the
 * store has done it; `stall` never answers; `damage` flips a bit in the middle of the answer's body.
 */
export type Fault = { readonly status: number } | 'cut' | 'lose' | 'stall' | 'damage'

export interface FaultyProxy {
  readonly url: string
  /** Requests that came. */
  readonly requests: () => number
  stop(): Promise<void>
}

/** Whether a request meets a fault, and which; asked once for each, in order. */
export type ChooseFault = (request: IncomingMessage) => Fault | null

export async function startFaultyProxy(
  targetUrl: string,
  chooseFault: ChooseFault,
  /** Hears of a request that the store has done before its client does. */
  onDone: (request: IncomingMessage) => void = () => undefined,
): Promise<FaultyProxy> {
  let requests = 0
  const server = createServer((incoming, outgoing) => {
    requests += 1
    const fault = chooseFault(incoming)
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('error', () => undefined)
    incoming.on('end', () => void answer(targetUrl, incoming, Buffer.concat(chunks), outgoing, fault, onDone))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  targetUrl: string,
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
  fault: Fault | null,
  onDone: (request: IncomingMessage) => void,
): Promise<void> {
  if (fault === 'stall') return
  if (fault !== null && typeof fault === 'object') {
    outgoing.writeHead(fault.status, { 'content-type': 'application/xml' })
    outgoing.end(incoming.method === 'HEAD' ? undefined : '<Error><Code>SlowDown</Code></Error>')
    return
  }
  // The headers go on as they are, the host among them: it is signed.
  const { method, url, headers } = incoming
  const forwarded = request(new URL(url ?? '/', targetUrl), { method, headers }, (reply) => {
    const chunks: Buffer[] = []
    reply.on('data', (chunk: Buffer) => chunks.push(chunk))
    reply.on('end', () => {
      const content = Buffer.concat(chunks)
      onDone(incoming)
      if (fault === 'lose') {
        outgoing.destroy()
        return
      }
      if (fault === 'damage' && content.length > 0) content[content.length >> 1] ^= 1
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers)
      if (fault !== 'cut') outgoing.end(content)
      else outgoing.write(content.subarray(0, content.length >> 1), () => outgoing.destroy())
    })
  })
  forwarded.on('error', () => outgoing.destroy())
  forwarded.end(body)
}
