import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShard } from '#native'
import { buildIndex } from '../../src/build/build-index.js'
import { makeDocuments, makeFolder, makeRandom, testOptions, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { verifyIndex } from '../../src/build/verify-index.js'
import { isErrorCode } from '../../src/core/errors.js'
import { NaiveCorpus } from '../support/naive-corpus.js'
import { cliLack, runCli } from '../support/run-cli.js'

const seed = 7_071
const random = makeRandom(seed)
const documents = makeDocuments(100_000)
const corpus = new NaiveCorpus(documents.map(({ text }) => text))
const patterns = Array.from({ length: 50 }, (_, at) => {
  const { text } = documents[Math.floor(random() * documents.length)]
  const start = Math.floor(random() * text.length)
  const pattern = text.slice(start, start + 1 + Math.floor(random() * 12)).replace(/[\ud800-\udfff]/g, '')
  return Buffer.from(at % 5 === 4 ? `${pattern}q` : pattern || 'a')
})
const counts = patterns.map((pattern) => corpus.count(pattern).count)

let folder: Awaited<ReturnType<typeof makeFolder>>
let intact: Buffer
/** The intact index's files besides its shard. */
let current: Buffer
let manifest: Buffer
let shardName: string
let copies = 0

beforeAll(async () => {
  folder = await makeFolder()
  const indexDir = join(folder.dir, 'intact')
  await buildIndex(
    testOptions([await writeJsonl(join(folder.dir, 'in.jsonl'), documents)], indexDir, { shardBytes: 2 ** 20 }),
  )
  const names = await readdir(join(indexDir, 'shards'))
  expect(names).toHaveLength(1)
  shardName = names[0]
  intact = await readFile(join(indexDir, 'shards', shardName))
  current = await readFile(join(indexDir, 'CURRENT'))
  manifest = await readFile(join(indexDir, 'generations', '000001.json'))
})
afterAll(() => folder.remove())

/** An index with these bytes for its shard, under a path of its own: open shards are shared by path. */
async function makeCopy(bytes: Uint8Array): Promise<{ indexDir: string; path: string }> {
  const indexDir = join(folder.dir, `copy-${copies++}`)
  const path = join(indexDir, 'shards', shardName)
  await mkdir(join(indexDir, 'shards'), { recursive: true })
  await mkdir(join(indexDir, 'generations'))
  await writeFile(join(indexDir, 'CURRENT'), current)
  await writeFile(join(indexDir, 'generations', '000001.json'), manifest)
  await writeFile(path, bytes)
  return { indexDir, path }
}

function flipByte(offset: number): Buffer {
  const bytes = Buffer.from(intact)
  bytes[offset] ^= 1 + Math.floor(random() * 255)
  return bytes
}

/** Where header, table, sections and footer begin and end (docs/format.md). */
function findEdges(): number[] {
  const sections = intact.readUInt32LE(16)
  const edges = [0, 64, 64 + 32 * sections, intact.length - 32, intact.length]
  for (let at = 64; at < 64 + 32 * sections; at += 32) {
    const [offset, bytes] = [Number(intact.readBigUInt64LE(at + 8)), Number(intact.readBigUInt64LE(at + 16))]
    edges.push(offset, offset + bytes)
  }
  return edges
}

/** The answer, or the code of the registry that the native core refused with. Anything else is thrown. */
function attempt<T>(work: () => T): { value: T } | { code: string } {
  try {
    return { value: work() }
  } catch (thrown) {
    const { code } = thrown as { code?: unknown }
    if (isErrorCode(code) && code !== 'internal') return { code }
    throw thrown
  }
}

/** What opening and counting come to: a shard of this size is compared with its checksums when it is opened. */
function countOpened(path: string): { value: number[] } | { code: string } {
  return attempt(() => [...openShard(path, 'mmap').count(patterns, 0)])
}

const isRefusal = expect.stringMatching(/^(damaged-index|newer-format)$/)

describe('a shard', () => {
  it('that is intact answers right', async () => {
    const { path, indexDir } = await makeCopy(intact)
    expect(countOpened(path)).toEqual({ value: counts })
    expect(counts.some((count) => count > 1_000) && counts.includes(0)).toBe(true)
    await expect(verifyIndex(indexDir)).resolves.toBeDefined()
  })

  it('with one byte changed is refused, at 200 random places', async () => {
    for (let round = 0; round < 200; round++) {
      const offset = Math.floor(random() * intact.length)
      const { path, indexDir } = await makeCopy(flipByte(offset))
      const place = `seed ${seed}, round ${round}, offset ${offset} of ${intact.length}`
      expect(countOpened(path), place).toEqual({ code: isRefusal })
      await expect(verifyIndex(indexDir), place).rejects.toMatchObject({ code: isRefusal })
    }
  })

  it('that is cut at the edge of a section, or beside it, does not open', async () => {
    const cuts = new Set(findEdges().flatMap((edge) => [edge - 1, edge, edge + 1]))
    for (const length of [...cuts].filter((cut) => cut >= 0 && cut < intact.length)) {
      const { path, indexDir } = await makeCopy(intact.subarray(0, length))
      expect(
        attempt(() => openShard(path, 'mmap')),
        `cut to ${length}`,
      ).toEqual({ code: isRefusal })
      await expect(verifyIndex(indexDir), `cut to ${length}`).rejects.toMatchObject({ code: isRefusal })
    }
    expect(cuts.size).toBeGreaterThan(50)
  })

  it('that is damaged makes `omnigram verify` end with 4', async (context) => {
    if (cliLack !== null) context.skip(cliLack)
    const damages = [flipByte(3), flipByte(70), flipByte(intact.length >> 1), flipByte(intact.length - 1)]
    for (const bytes of [...damages, intact.subarray(0, intact.length - 1), intact.subarray(0, 0)]) {
      const { indexDir } = await makeCopy(bytes)
      const { exitCode, stdout, stderr } = await runCli(['verify', indexDir])
      expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
      expect(stderr).toContain(shardName)
    }
  })
})
