/** Do the verbs answer alike for a folder, a shard file and an index on a server? */
import { readdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CliIndex, makeCliIndex } from '../support/cli-index.js'
import { cliLack, runCli, startCli } from '../support/run-cli.js'

let index: CliIndex
let server: ReturnType<typeof startCli> | undefined
let url = ''

beforeAll(async () => {
  if (cliLack !== null) return
  index = await makeCliIndex()
  await runCli([
    'build',
    index.inputPath,
    '-o',
    join(index.dir, 'whole'),
    '--id-field',
    'id',
    '--facet-fields',
    'source',
  ])
  server = startCli(['serve', index.indexDir, join(index.dir, 'whole'), '--port', '0', '--json', '--quiet'])
  const [line] = await new Promise<Buffer[]>((resolve) => server?.stdout.once('data', (chunk) => resolve([chunk])))
  url = (JSON.parse(line.toString()) as { url: string }).url
})
afterAll(async () => {
  const ended = new Promise<number | null>((resolve) => server?.once('close', resolve) ?? resolve(0))
  server?.kill('SIGINT')
  expect(await ended).toBe(0)
  await index?.remove()
})
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

const questions: readonly [verb: string, ...args: string[]][] = [
  ['count', 'whale', 'aa', '今', 'absent', '--docs'],
  ['count', 'CALL ME', '-i'],
  ['search', 'a', '-n', '3', '-C', '5'],
  ['search', 'a', '--docs'],
  ['search', 'e', '--sample', '2', '--seed', '5'],
  ['search', 'a', '--facet', 'source'],
  ['search', 'a', '--none', 'whale'],
  ['doc', '3'],
  ['doc', '--id', 'doc-2', '--start', '3', '--end', '13'],
  ['next', 'the '],
  ['next', '', '--unit', 'byte', '--top', '5'],
]

describe('the verbs that read', () => {
  it.each([[], ['--all'], ['--documents-per-span', '2', '--seed', '7']])(
    'trace %s answers alike from a folder and from its server',
    async (...flags) => {
      const textPath = join(index.dir, 'answer.txt')
      await writeFile(textPath, 'Call me what you like: the whale, and 今日は, was there.')
      const ask = (target: string) => runCli(['trace', target, textPath, ...flags, '--json', '--quiet'])
      const [local, remote] = await Promise.all([ask(index.indexDir), ask(`${url}/sea`)])
      expect(local).toMatchObject({ exitCode: 0, stderr: '' })
      expect([remote.exitCode, remote.stderr]).toEqual([0, ''])
      expect(remote.rows()).toEqual(local.rows())
      expect(local.stdout).toContain('whale')
    },
  )

  it.each(questions)('%s answers alike from a folder and from its server', async (verb, ...args) => {
    const ask = (target: string) => runCli([verb, target, ...args, '--json', '--quiet'])
    const [local, remote] = await Promise.all([ask(index.indexDir), ask(`${url}/sea`)])
    expect(local).toMatchObject({ exitCode: 0, stderr: '' })
    expect(remote).toMatchObject({ exitCode: 0, stderr: '' })
    expect(remote.rows()).toEqual(local.rows())
    expect(local.rows()).not.toEqual([])
  })

  it('take a single shard file', async () => {
    const dir = join(index.dir, 'whole', 'shards')
    const shard = join(dir, (await readdir(dir))[0])
    const ask = async (target: string) => (await runCli(['count', target, 'whale', 'aa', '--json'])).rows()
    expect(await ask(shard)).toEqual(await ask(join(index.dir, 'whole')))
    const [info] = (await runCli(['inspect', shard, '--json'])).rows()
    expect(info).toMatchObject({ documents: 5, shards: 1 })
    const [report] = (await runCli(['verify', shard, '--deep', '--json'])).rows()
    expect(report).toMatchObject({ shards: 1, bytes: info.indexBytes })
  })

  it('say what the server said', async () => {
    expect(await runCli(['count', `${url}/nobody`, 'a'])).toMatchObject({ exitCode: 3 })
    expect(await runCli(['doc', `${url}/sea`, '99'])).toMatchObject({ exitCode: 3 })
    expect(await runCli(['doc', `${url}/sea`, '--id', 'nobody'])).toMatchObject({ exitCode: 3 })
    const search = await runCli(['search', `${url}/sea`, 'a', '-n', '1'])
    expect(search.stderr).toContain('more: raise --limit')
  })

  it.each([
    ['a page', 200, 'text/html', '<p>hello</p>'],
    ['garbage', 200, 'application/vnd.msgpack', '\u00c1\u00c1'],
    ['a problem of its own', 500, 'text/plain', 'no'],
  ])('take %s for the answer of another server', async (_, status, type, body) => {
    const stranger: Server = createServer((_request, response) =>
      response.writeHead(status, { 'content-type': type }).end(Buffer.from(body, 'latin1')),
    )
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const { port } = stranger.address() as AddressInfo
    const { exitCode, stderr } = await runCli(['count', `http://127.0.0.1:${port}/sea`, 'a'])
    stranger.close()
    expect(exitCode).toBe(5)
    expect(stderr).toContain('not as an omnigram server does')
  })
})
