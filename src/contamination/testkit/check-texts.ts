/** What does a test's benchmark give on a test's corpus? */

import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { buildTestIndex, makeTestFolder } from '../../query/testkit/build-test-index.js'
import type { NaiveDocument } from '../../query/testkit/naive-shard.js'
import type { Benchmark, BenchmarkItem } from '../benchmark.js'
import { type ContaminationOptions, defaultOptions } from '../contamination-options.js'

/** Items of texts, or of what a test says of them. */
export function makeBenchmark(
  name: string,
  items: readonly (string | (Partial<BenchmarkItem> & { readonly text: string }))[],
): Benchmark {
  return {
    info: { name, category: 'Math', licence: 'MIT', link: null, split: 'test' },
    sha256: 'a'.repeat(64),
    fileBytes: 100,
    layout: 'question',
    field: 'question',
    items: items.map((item, at) => {
      const given = typeof item === 'string' ? { text: item } : item
      return { id: `item-${at}`, line: at + 1, answer: null, subtask: null, ...given }
    }),
  }
}

export function testOptions(given: Partial<ContaminationOptions> = {}): ContaminationOptions {
  return { ...defaultOptions, date: '2026-01-31', programVersion: '0.0.0', ...given }
}

export interface TestIndexes {
  /** Builds an index of the documents and opens it on this thread. */
  readonly open: (
    documents: readonly (string | NaiveDocument)[],
    name?: string,
    shardCount?: number,
  ) => Promise<IndexReader>
  readonly remove: () => Promise<void>
}

export async function makeTestIndexes(): Promise<TestIndexes> {
  const folder = await makeTestFolder()
  const readers: IndexReader[] = []
  return {
    async open(documents, name = 'corpus', shardCount = 1) {
      const indexDir = `${folder.path}/index-${readers.length}`
      const given = documents.map((document) => (typeof document === 'string' ? { text: document } : document))
      await buildTestIndex(indexDir, { documents: given, shardCount })
      const reader = await openIndex(indexDir, { workers: 0, name })
      readers.push(reader)
      return reader
    },
    async remove() {
      await Promise.all(readers.map((reader) => reader.close()))
      await folder.remove()
    },
  }
}
