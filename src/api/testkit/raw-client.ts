/** How does a client ask that keeps to no rules? Bytes as given, and what came back. */
import { once } from 'node:events'
import { type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'

export interface RawRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A server for the app on a free port of this machine. */
export async function startApp(app: Express): Promise<Server> {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export function send(server: Server, { method = 'GET', path, headers = {}, body }: RawRequest): Promise<RawResponse> {
  const { address, port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: address, port, method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) })
      })
    })
    outgoing.on('error', reject).end(body)
  })
}
