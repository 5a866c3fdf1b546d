/** Does the `web` build in a real browser count on a real corpus what the native core counts, however the index got there? */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CountResult, IndexReader } from '../../src/query/index-reader.js'
import { openIndex } from '../../src/query/open-index.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { readTexts, smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'
import { drawSmallPatterns } from '../support/small-patterns.js'
import { type PageReaders, pageLack, startPageReaders } from './page-readers.js'

const lack = pageLack ?? cliLack ?? smallCorpusLack

describe.skipIf(lack)('500 patterns of small are counted in Chromium as by the native core', () => {
  let readers: PageReaders
  let native: IndexReader
  let patterns: string[]
  let expected: CountResult[]

  beforeAll(async () => {
    readers = await startPageReaders()
    const { exitCode } = await runCli(['build', smallCorpusPath, '-o', join(readers.folder, 'small'), '--quiet'])
    expect(exitCode).toBe(0)
    native = await openIndex(join(readers.folder, 'small'), { workers: 0 })
    patterns = drawSmallPatterns()
    expected = await native.count(patterns)
    expect(expected.filter(({ count }) => count > 0).length).toBeGreaterThan(400)
  })

  afterAll(async () => {
    await native.close()
    await readers.stop()
  })

  async function findShard(): Promise<string> {
    const [name] = (await readdir(join(readers.folder, 'small/shards'))).filter((each) => each.endsWith('.fm'))
    return `/small/shards/${name}`
  }

  async function expectSameCounts(reader: IndexReader): Promise<void> {
    expect(await reader.count(patterns)).toEqual(expected)
    await reader.close()
  }

  it('on the file host', async () => {
    await expectSameCounts(await readers.open({ kind: 'address', address: '/small/' }, 15))
  })

  it('in a file of the visitor', async () => {
    await expectSameCounts(await readers.open({ kind: 'file', address: await findShard() }, 15))
  })

  it('in memory', async () => {
    await expectSameCounts(await readers.open({ kind: 'buffer', address: await findShard() }, 15))
  })

  it('built in the page', async () => {
    const documents = readTexts(smallCorpusPath).map((text) => ({ text }))
    await expectSameCounts(await readers.open({ kind: 'built', documents, facetFields: [] }, 15))
  })
})
