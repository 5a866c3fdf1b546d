import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type S3Server, startVersitygw, versitygwLack } from '../../src/cluster/store/testkit/versitygw.js'
import { type CliIndex, makeCliIndex } from '../support/cli-index.js'
import { cliLack, runCli, startCli } from '../support/run-cli.js'

const lack = cliLack ?? versitygwLack
const address = 's3://test/corpora/sea'

let index: CliIndex
let server: S3Server
let env: Record<string, string>

beforeAll(async () => {
  if (lack !== null) return
  index = await makeCliIndex()
  server = await startVersitygw()
  env = { ...server.environment, OMNIGRAM_CACHE: join(index.dir, 'cache') }
})

afterAll(async () => {
  await server?.stop()
  await index?.remove()
})

async function runWell(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stderr, rows } = await runCli([...args, '--json'], { env })
  expect([exitCode, stderr]).toEqual([0, ''])
  return rows()
}

describe('an index in a bucket', () => {
  beforeEach((context) => {
    if (lack !== null) context.skip(lack)
  })

  it('is published, listed, verified and asked by the command line', async () => {
    const [published] = await runWell(['publish', index.indexDir, address])
    expect(published).toMatchObject({ address, generation: '000001' })
    expect(await runWell(['list', address])).toMatchObject([{ generation: '000001', isLive: true, documents: 5 }])
    expect(await runWell(['list', 's3://test/corpora'])).toEqual([{ address }])
    expect(await runWell(['verify', address, '--deep'])).toMatchObject([{ generation: '000001', isDeep: true }])
    expect(await runWell(['count', address, 'whale'])).toEqual(await runWell(['count', index.indexDir, 'whale']))
    expect(await runWell(['search', address, 'whale'])).toEqual(await runWell(['search', index.indexDir, 'whale']))
    await writeFile(join(index.dir, 'answer.txt'), 'and the white whale')
    const trace = ['trace', address, join(index.dir, 'answer.txt')]
    expect(await runWell(trace)).toEqual(await runWell(['trace', index.indexDir, trace[2]]))
    await runWell(['pull', address, join(index.dir, 'pulled')])
    expect(await readFile(join(index.dir, 'pulled/CURRENT'))).toEqual(await readFile(join(index.indexDir, 'CURRENT')))
    expect(await runWell(['gc', address])).toMatchObject([{ removedFiles: 0 }])
  })

  it('is served, each new generation in its turn', async () => {
    await runWell(['publish', index.indexDir, address])
    const child = startCli(['serve', address, '--port', '0', '--json', '-q', '--state', 'memory'], { env })
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      const { url } = JSON.parse(line) as { url: string }
      const ask = async () => {
        const answer = await fetch(`${url}/v1/indexes/sea/count`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ patterns: ['whale'] }),
        })
        expect(answer.status).toBe(200)
        return (await answer.json()) as { results: { count: number }[]; generation: string }
      }
      const before = await ask()
      await writeFile(join(index.dir, 'more.jsonl'), '{"text":"one more whale","id":"more"}\n')
      await runWell(['append', index.indexDir, join(index.dir, 'more.jsonl')])
      await runWell(['publish', index.indexDir, address])
      const isNew = async () => (await ask()).generation !== before.generation
      await expect.poll(isNew, { timeout: 60_000, interval: 500 }).toBe(true)
      expect((await ask()).results[0].count).toBe(before.results[0].count + 1)
    } finally {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
  })

  it('that is not there, or whose store refuses, is a failure with its code', async () => {
    const run = async (args: string[], more: Record<string, string> = {}) => {
      const { exitCode, stderr } = await runCli([...args, '--json-errors'], { env: { ...env, ...more } })
      return [exitCode, (JSON.parse(stderr) as { error: { code: string } }).error.code]
    }
    expect(await run(['count', 's3://test/none', 'a'])).toEqual([3, 'unknown-index'])
    expect(await run(['inspect', address])).toEqual([2, 'bad-argument'])
    expect(await run(['count', address, 'a'], { AWS_SECRET_ACCESS_KEY: 'wrong' })).toEqual([5, 'store-failure'])
    expect(await run(['list', 's3://'])).toEqual([2, 'bad-argument'])
  })
})
