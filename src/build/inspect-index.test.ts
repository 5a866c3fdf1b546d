import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from './build-index.js'
import { inspectIndex, measureEntropy } from './inspect-index.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from './testkit/small-corpus.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let indexDir: string
const documents = makeDocuments(50_000)
beforeAll(async () => {
  folder = await makeFolder()
  indexDir = join(folder.dir, 'index')
  await buildIndex(testOptions([await writeJsonl(join(folder.dir, 'corpus.jsonl'), documents)], indexDir))
})
afterAll(() => folder.remove())

describe('inspectIndex', () => {
  it('sums what the shards hold', async () => {
    const report = await inspectIndex(indexDir)
    const text = Buffer.from(documents.map((document) => document.text).join(''))
    const shards = [...(await readTree(indexDir))].filter(([path]) => path.startsWith('shards/'))
    const indexBytes = shards.reduce((sum, [, bytes]) => sum + bytes.length, 0)
    expect(report).toMatchObject({
      generation: '000001',
      documents: documents.length,
      textBytes: text.length,
      indexBytes,
      ratio: indexBytes / text.length,
      shards: shards.length,
      rows: text.length + documents.length,
      rowsPerRun: report.rows / report.runs,
      hasExternalIds: true,
      options: { saRate: 32, facetFields: ['source'] },
    })
    expect(report.entropyBits).toBeCloseTo(measureEntropy([...text].reduce(addByte, new Array(256).fill(0))), 10)
    const rank = report.sections.filter(({ name }) => name.startsWith('rank.'))
    expect(report.rankBits).toBe((8 * rank.reduce((sum, { bytes }) => sum + bytes, 0)) / report.rows)
    const sectionBytes = report.sections.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(sectionBytes).toBeLessThanOrEqual(indexBytes)
    expect(report.sections.map(({ bytes }) => bytes)).toEqual(
      report.sections.map(({ bytes }) => bytes).sort((a, b) => b - a),
    )
  })

  it('says where there is no index', async () => {
    await expect(inspectIndex(join(folder.dir, 'absent'))).rejects.toMatchObject({ code: 'unknown-index' })
  })
})

describe('measureEntropy', () => {
  it('is the entropy of order 0', () => {
    expect(measureEntropy([])).toBe(0)
    expect(measureEntropy([7, 0])).toBe(0)
    expect(measureEntropy([1, 1, 1, 1])).toBe(2)
    expect(measureEntropy([3, 1])).toBeCloseTo(0.8112781244591328, 12)
  })
})

function addByte(counts: number[], byte: number): number[] {
  counts[byte] += 1
  return counts
}
