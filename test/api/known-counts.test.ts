/** Are the known counts of a real corpus the same through every door of the server? */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack, unpack } from 'msgpackr'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { type RunningServer, startServer } from '../../src/api/server.js'
import { buildIndex } from '../../src/build/build-index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const corpusPath = join(process.env.OMNIGRAM_CORPORA ?? join(root, '.omnigram/corpora'), 'small.jsonl')
const knownPath = join(root, '../shared/data/known_small.jsonl')
const isThere = existsSync(corpusPath) && existsSync(knownPath)

interface Known {
  readonly query: string
  readonly count: number
  readonly docs: number
}

interface CountAnswer {
  readonly results: readonly { readonly count: number; readonly documents: { readonly count: number } }[]
}

const folder = { path: '' }
let server: RunningServer | undefined
let known: readonly Known[] = []

beforeAll(async () => {
  if (!isThere) return
  known = readFileSync(knownPath, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  folder.path = await mkdtemp(join(tmpdir(), 'omnigram-known-'))
  await build('whole', 1_000_000_000)
  await build('parts', 1_500_000)
  const indexDirs = [join(folder.path, 'whole'), join(folder.path, 'parts')]
  server = await startServer({ indexDirs, host: '127.0.0.1', port: 0, isQuiet: true })
})

afterAll(async () => {
  await server?.stop()
  if (folder.path) await rm(folder.path, { recursive: true })
})

async function build(name: string, shardBytes: number): Promise<void> {
  await buildIndex({
    inputs: [corpusPath],
    indexDir: join(folder.path, name),
    shardBytes,
    memoryBytes: 2 ** 30,
    threads: 2,
    format: null,
    textField: 'text',
    idField: null,
    metaFields: null,
    facetFields: [],
    invalidUtf8: 'replace',
    isStrict: true,
    shouldResume: false,
    saRate: 128,
    isaRate: 512,
    profile: 'default',
    textStore: false,
    mode: 'create',
  })
}

function skipWithoutCorpus(context: TestContext): void {
  context.skip(!isThere, 'the small corpus and its known counts are not there: node scripts/setup-test-tools.mjs')
}

async function post(path: string, type: string, body: string | Uint8Array<ArrayBuffer>): Promise<Buffer> {
  const headers = { 'Content-Type': type, Accept: type, Prefer: 'wait=300' }
  const response = await fetch(`${server?.url}${path}`, { method: 'POST', headers, body })
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

describe.each(['whole', 'parts'])('the known counts of an index in %s', (name) => {
  const path = `/v1/indexes/${name}/count`
  const question = () => ({ patterns: known.map(({ query }) => query), exact: true })
  const expectKnown = ({ results }: CountAnswer) =>
    expect(results.map(({ count, documents }) => [count, documents.count])).toEqual(
      known.map(({ count, docs }) => [count, docs]),
    )

  it('hold over JSON', async (context) => {
    skipWithoutCorpus(context)
    expectKnown(JSON.parse((await post(path, 'application/json', JSON.stringify(question()))).toString()))
  })

  it('hold over MessagePack', async (context) => {
    skipWithoutCorpus(context)
    expectKnown(unpack(await post(path, 'application/vnd.msgpack', new Uint8Array(pack(question())))))
  })

  it('hold through the compatible door', async (context) => {
    skipWithoutCorpus(context)
    for (const { query, count } of known) {
      const ask = async (queryType: string) =>
        JSON.parse(
          (
            await post('/', 'application/json', JSON.stringify({ index: name, query_type: queryType, query }))
          ).toString(),
        )
      expect((await ask('count')).count).toBe(count)
      const { cnt, segment_by_shard: segments } = await ask('find')
      expect(cnt).toBe(count)
      expect(segments.length > 1).toBe(name === 'parts')
    }
  })
})
