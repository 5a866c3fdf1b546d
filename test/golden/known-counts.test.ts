/** Are the known counts of the small corpus those that the command line says? */
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { knownCountsLack, readKnownCounts, smallCorpusPath } from '../support/small-corpus.js'

const lack = cliLack ?? knownCountsLack
let folder: Awaited<ReturnType<typeof makeFolder>>

beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

describe('the known counts from the command line', () => {
  it.each([
    { shards: 1, flags: [] },
    { shards: 7, flags: ['--shard-size', '1850000'] },
  ])('hold in $shards shards, with their documents', async ({ shards, flags }) => {
    const indexDir = join(folder.dir, `known-${shards}`)
    const built = await runCli(['build', smallCorpusPath, '-o', indexDir, '--strict', '--json', ...flags])
    expect(built.stderr).toBe('')
    expect(built.rows()).toMatchObject([{ shards, skipped: {} }])
    const known = readKnownCounts()
    const input = known.map(({ query }) => `${JSON.stringify(query)}\n`).join('')
    const counted = await runCli(['count', indexDir, '-f', '-', '--docs', '--exact', '--json'], { input })
    expect(counted.rows()).toEqual(
      known.map(({ query, count, docs }) => ({
        pattern: query,
        count,
        documents: { count: docs, exact: true, lowerBound: docs, interval: [docs, docs] },
      })),
    )
    const verified = await runCli(['verify', indexDir, '--deep'])
    expect(verified).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
