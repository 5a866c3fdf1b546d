import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { combineReaders } from './combine-readers.js'
import { openIndex } from './open-index.js'
import { buildTestIndex, makeTestFolder } from './testkit/build-test-index.js'
import { describeReader } from './testkit/conformance.js'
import { WorkerPool } from './worker-pool.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let pool: WorkerPool
let built = 0

beforeAll(async () => {
  folder = await makeTestFolder()
  pool = new WorkerPool({ workers: 2 })
})

afterAll(async () => {
  await pool.close()
  await folder.remove()
})

const nextDir = () => `${folder.path}/index-${built++}`

for (const shardCount of [1, 7]) {
  describeReader(`a pool on ${shardCount} shards`, async (corpus) => {
    const indexDir = nextDir()
    await buildTestIndex(indexDir, { ...corpus, shardCount })
    return openIndex(indexDir, { pool, name: 'pool' })
  })
}

describeReader('one thread on shards in memory', async (corpus) => {
  const indexDir = nextDir()
  await buildTestIndex(indexDir, { ...corpus, shardCount: 2 })
  return openIndex(indexDir, { workers: 0, residency: 'ram' })
})

describeReader('two folders together', async (corpus) => {
  const half = Math.floor(corpus.documents.length / 2)
  const halves = [corpus.documents.slice(0, half), corpus.documents.slice(half)]
  return combineReaders(
    await Promise.all(
      halves.map(async (documents, at) => {
        const indexDir = nextDir()
        const hidden = (corpus.hidden ?? []).map((document) => document - at * half)
        const its = hidden.filter((document) => documents[document] !== undefined)
        await buildTestIndex(indexDir, { ...corpus, documents, hidden: its, shardCount: 2 })
        return openIndex(indexDir, { pool })
      }),
    ),
  )
})

describe('the worked examples', () => {
  const open = async (documents: string[]) => {
    const indexDir = nextDir()
    await buildTestIndex(indexDir, { documents: documents.map((text) => ({ text })) })
    return openIndex(indexDir, { workers: 0 })
  }

  it('1A: overlapping counts, and the set of document, offset and text', async () => {
    const reader = await open(['banana', 'bandana'])
    const counts = await reader.count(['ana', 'ban', 'nan', 'ab', 'a', 'Ban', ''])
    expect(counts.map(({ count }) => count)).toEqual([3, 2, 1, 0, 6, 0, 13])
    const match = await reader.find('ana')
    const { occurrences } = await reader.documents(match, { by: 'occurrence', limit: 10, context: 1, unit: 'byte' })
    const places = occurrences.map(({ document, startOffset, snippet }) => [
      document.document,
      document.textBytes,
      startOffset,
      snippet.matchStart,
      snippet.text,
    ])
    expect(places.sort()).toEqual([
      [0, 6, 1, 1, 'banan'],
      [0, 6, 3, 1, 'nana'],
      [1, 7, 4, 1, 'dana'],
    ])
  })

  it('7A: aa stands three times in aaaa', async () => {
    expect(await (await open(['aaaa'])).count(['aa'])).toEqual([{ count: 3 }])
  })

  it('7B: no match goes over a document border', async () => {
    const counts = await (await open(['new york', 'york city'])).count(['york new', 'york', 'yorkyork'])
    expect(counts.map(({ count }) => count)).toEqual([0, 2, 0])
  })

  it('7C: contexts are cut at the edges of characters', async () => {
    const reader = await open(['naïve café'])
    const match = await reader.find('café')
    const snippets = await Promise.all(
      [0, 3, 4, 5, 7, 1000].map(async (context) => {
        const { startOffset, snippet } = await reader.occurrence(match, 0, { context, unit: 'byte' })
        return [startOffset, startOffset - snippet.startOffset, snippet.matchStart, snippet.text]
      }),
    )
    expect(snippets).toEqual([
      [7, 0, 0, 'café'],
      [7, 3, 3, 've café'],
      [7, 3, 3, 've café'],
      [7, 5, 4, 'ïve café'],
      [7, 7, 6, 'naïve café'],
      [7, 7, 6, 'naïve café'],
    ])
  })

  it('7D: the lowest byte is counted like any other', async () => {
    expect(await (await open(['a b'])).count([' ', '\u0000'])).toEqual([{ count: 1 }, { count: 0 }])
  })
})
