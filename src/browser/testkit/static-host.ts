/** What does a plain file host answer? Files, and parts of them; a test may take the parts away. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

export interface StaticHost {
  /** Without a slash at its end. */
  readonly address: string
  /** Requests so far. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export interface StaticHostOptions {
  /** Whether it sends parts of files. */
  readonly hasRanges?: boolean
  /** What is asked for is sent once this is done. */
  readonly hold?: (path: string) => Promise<void>
}

const mediaTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/** Serves `folder` on loopback. */
export async function startStaticHost(
  folder: string,
  { hasRanges = true, hold = async () => {} }: StaticHostOptions = {},
): Promise<StaticHost> {
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host.invalid')
    requests.push(pathname)
    const path = join(folder, normalize(decodeURIComponent(pathname)), pathname.endsWith('/') ? 'index.html' : '')
    await hold(pathname)
    const bytes = await readFile(path).catch(() => null)
    if (bytes === null) return response.writeHead(404).end()
    const headers = { 'content-type': mediaTypes[extname(path)] ?? 'application/octet-stream' }
    const range = hasRanges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') : null
    if (range === null) return response.writeHead(200, headers).end(bytes)
    const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)]
    if (start >= bytes.length) return response.writeHead(416).end()
    const part = { ...headers, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }
    return response.writeHead(206, part).end(bytes.subarray(start, end))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
