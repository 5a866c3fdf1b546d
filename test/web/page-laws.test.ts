/** Does the `web` build in a real browser answer as the oracle does, whoever built the index and however it is opened? */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'
import { describeReader } from '../../src/query/testkit/conformance.js'
import type { NaiveDocument } from '../../src/query/testkit/naive-shard.js'
import type { AdversarialCorpus } from '../support/adversarial-texts.js'
import { describeTextLaws } from '../support/text-laws.js'
import { type PageReaders, pageLack, startPageReaders } from './page-readers.js'

interface Corpus {
  readonly documents: readonly NaiveDocument[]
  readonly facetFields: readonly string[]
}

let readers: PageReaders
let built = 0

beforeAll(async () => {
  if (pageLack === null) readers = await startPageReaders()
})

afterAll(async () => {
  if (pageLack !== null) return
  expect(readers.complaints).toEqual([])
  await readers.stop()
})

/** Of several shards, read by range requests of the smallest blocks. */
async function openHosted(corpus: Corpus) {
  const name = `index-${built++}`
  await buildTestIndex(join(readers.folder, name), { ...corpus, shardCount: 2 })
  return readers.open({ kind: 'address', address: `/${name}/` })
}

async function openShard(corpus: Corpus, kind: 'address' | 'file' | 'buffer') {
  const name = `index-${built++}`
  const { shards } = await buildTestIndex(join(readers.folder, name), corpus)
  return readers.open({ kind, address: `/${name}/shards/${shards[0].name}` })
}

const toCorpus = ({ texts }: AdversarialCorpus): Corpus => ({
  documents: texts.map((text) => ({ text })),
  facetFields: [],
})

const openBuilt = ({ documents, facetFields }: Corpus) => readers.open({ kind: 'built', documents, facetFields })

describe.skipIf(pageLack)('in Chromium', () => {
  const canHide = false
  describeReader('an index of the native core on a file host', openHosted, { canHide })
  describeReader('a shard of the native core in a file', (corpus) => openShard(corpus, 'file'), { canHide })
  describeReader('a shard of the native core in memory', (corpus) => openShard(corpus, 'buffer'), { canHide })
  describeReader('a shard that the page built', openBuilt, { canHide })
  describeTextLaws('a shard of the native core on a file host', (corpus) => openShard(toCorpus(corpus), 'address'))
  describeTextLaws('a shard of the native core in memory', (corpus) => openShard(toCorpus(corpus), 'buffer'))
  describeTextLaws('a shard that the page built', (corpus) => openBuilt(toCorpus(corpus)))
})
