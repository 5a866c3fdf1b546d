import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { OmnigramError } from '../core/errors.js'
import { buildTestIndex, makeTestFolder } from '../query/testkit/build-test-index.js'
import { type RunningServer, type ServerOptions, startServer } from './server.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
const running: RunningServer[] = []

const pathOf = (name: string) => join(folder.path, name)

async function build(name: string, texts: string[], generation = '000001') {
  await mkdir(pathOf(name), { recursive: true })
  await buildTestIndex(pathOf(name), { documents: texts.map((text) => ({ text })), generation })
}

beforeAll(async () => {
  folder = await makeTestFolder()
  await build('fruit', ['banana', 'bandana'])
  await build('other/fruit', ['papaya'])
  await build('york', ['new york', 'york city'])
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()))
})
afterAll(() => folder.remove())

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    indexDirs: [pathOf('fruit'), pathOf('york')],
    host: '127.0.0.1',
    port: 0,
    workers: 1,
    isQuiet: true,
    ...options,
  })
  running.push(server)
  return server
}

async function count({ url }: RunningServer, index: string, pattern: string): Promise<number> {
  const response = await fetch(`${url}/v1/indexes/${index}/count?q=${encodeURIComponent(pattern)}`)
  const body = (await response.json()) as { results: { count: number }[] }
  return body.results[0].count
}

describe('startServer', () => {
  it('serves each folder under its base name, and several together', async () => {
    const server = await start()
    expect(server.names).toEqual(['fruit', 'york'])
    expect([
      await count(server, 'fruit', 'ana'),
      await count(server, 'york', 'york'),
      await count(server, 'fruit,york', 'n'),
    ]).toEqual([3, 2, 5])
  })

  it.each<[string, () => Partial<ServerOptions>, string]>([
    ['two folders of one name', () => ({ indexDirs: [pathOf('fruit'), pathOf('other/fruit')] }), 'bad-argument'],
    ['a folder without an index', () => ({ indexDirs: [pathOf('other')] }), 'unknown-index'],
    ['nothing at the path', () => ({ indexDirs: [pathOf('absent')] }), 'unknown-index'],
    ['a key file that is missing', () => ({ keysPath: pathOf('absent.json') }), 'bad-argument'],
    ['an address of another machine', () => ({ host: '192.0.2.1' }), 'bad-argument'],
  ])('refuses %s', async (_, options, code) => {
    await expect(start(options())).rejects.toMatchObject({ code })
  })

  it('refuses a port that is taken', async () => {
    const { url } = await start()
    await expect(start({ port: Number(new URL(url).port) })).rejects.toBeInstanceOf(OmnigramError)
  })

  it('goes over to a new generation while it serves', async () => {
    await build('growing', ['banana'])
    const server = await start({ indexDirs: [pathOf('growing')] })
    expect(await count(server, 'growing', 'ana')).toBe(2)
    await build('growing', ['banana', 'bandana', 'ananas'], '000002')
    await expect.poll(() => count(server, 'growing', 'ana'), { interval: 200 }).toBe(5)
  })

  it('shows the metrics beside the API, or on a port of their own and nowhere else', async () => {
    const beside = await start()
    expect(beside.metricsUrl).toBe(`${beside.url}/metrics`)
    expect(await (await fetch(beside.metricsUrl)).text()).toContain('omnigram_pool_workers')
    const apart = await start({ metricsPort: 0 })
    expect(new URL(apart.metricsUrl).port).not.toBe(new URL(apart.url).port)
    expect((await fetch(apart.metricsUrl)).status).toBe(200)
    expect((await fetch(new URL('/v1/indexes', apart.metricsUrl))).status).toBe(404)
    expect((await fetch(`${apart.url}/metrics`)).status).toBe(403)
  })
})

describe('stopping', () => {
  it('lets requests under way finish, and takes no new ones', async () => {
    const server = await start()
    const slow = openRequest(server)
    await expect.poll(() => slow.isConnected()).toBe(true)
    const stopped = server.stop()
    expect(server.stop()).toBe(stopped)
    slow.finish()
    expect(await slow.answer).toContain('"count":3')
    await stopped
    await expect(fetch(server.url)).rejects.toThrow()
  })
})

describe('what is not HTTP', () => {
  it.each<[string, string, number]>([
    ['noise', '\u0001\u0002\u0003\r\n\r\n', 400],
    [
      'a length and chunks at once',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 400],
    ['no host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['headers over 16 KiB', `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an address over 16 KiB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['a line feed in a header', 'GET /livez HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\nb\r\n\r\n', 400],
  ])('%s is refused', async (_, text, status) => {
    const answer = await sendRaw(await start(), text)
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect(answer).toContain('Connection: close')
  })
})

function sendRaw({ url }: RunningServer, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setEncoding('utf8').on('data', (piece) => {
      answer += piece
    })
    socket.on('error', () => {}).on('close', () => resolve(answer))
  })
}

/** A request whose body comes when `finish` is called. */
function openRequest({ url }: RunningServer) {
  const { hostname, port } = new URL(url)
  const body = '{"patterns":["ana"]}'
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.write(
    [
      'POST /v1/indexes/fruit/count HTTP/1.1',
      'Host: a',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
      '',
      '',
    ].join('\r\n'),
  )
  socket.setEncoding('utf8').on('data', (piece) => {
    received += piece
  })
  return {
    // The server says "100 Continue" when it has seen the headers.
    isConnected: () => received.includes('100 Continue'),
    finish: () => socket.write(body),
    answer: new Promise<string>((resolve) => {
      socket.on('close', () => resolve(received))
    }),
  }
}
