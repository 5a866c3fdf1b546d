import { describe, expect, it } from 'vitest'
import { formatMarkdown, formatTable } from './report.mjs'
import { replaceMeasured } from './write-readme.mjs'

const groups = (factor) => [
  { kind: 'count', length: 10, medianUs: 3 * factor, sum: 5 },
  { kind: 'batch', length: 10, threads: 2, medianUs: 1 * factor, sum: 5 },
  { kind: 'locate', length: 0, medianUs: 20 * factor, sum: 1 },
  { kind: 'extract', length: 1000, medianUs: 200 * factor, sum: 1000 },
]
const result = {
  date: '2026-01-02T03:04:05Z',
  machine: { processor: 'a processor', cores: 2, node: 'v20' },
  corpus: { name: 'prose.jsonl', textBytes: 1000, documents: 3 },
  ours: {
    build: { cpuSeconds: 2, indexBytes: 300, symbols: 1003, peakBytes: 5015 },
    queries: groups(1),
    portable: groups(2),
    textStore: { build: { indexBytes: 600 }, queries: groups(0.1) },
    allIn: { default: { ratio: 0.32, wallMs: 3000 }, small: { ratio: 0.3, wallMs: 3000 } },
    pages: { medianPages: 160, medianColdPages: 80 },
  },
  anchor: {
    build: { cpuSeconds: 6, indexBytes: 420, symbols: 1003, peakBytes: 6018 },
    queries: groups(10).filter(({ kind }) => kind !== 'batch'),
    pages: { medianPages: 800 },
  },
}

describe('the table of a run', () => {
  it('sets ours beside the peer, with what is wanted', () => {
    const lines = formatTable(result).split('\n')
    const cells = (label) =>
      lines
        .find((line) => line.startsWith(label))
        ?.slice(44)
        .trim()
        .split(/ +/)
    expect(cells('build from text, one core')).toEqual(['2', '6', '3x', '2.5x', '3.5x'])
    expect(cells('count, 10 bytes, batches, 2 threads')).toEqual(['1', '30', '30x', '18x', '35x'])
    expect(cells('count, 10 bytes, without BMI2 and AVX2')).toEqual(['6', '30', '5x', '3x', '5x'])
    expect(cells('extract 1000 bytes, text store')).toEqual(['20', '2000', '100x', '40x', '100x'])
    expect(cells('cold count of 50 bytes')).toEqual(['80', '800', '10x'])
    expect(cells('index / text, all in, profile small')).toEqual(['0.3', '–', '–'])
  })

  it('does without a peer and without what was not measured', () => {
    const { anchor: _, ...alone } = result
    const { textStore: __, pages: ___, ...ours } = alone.ours
    const table = formatTable({ ...alone, ours })
    expect(table).not.toContain('undefined')
    expect(table).not.toContain('cold count')
  })

  it('goes into the README between the marks', () => {
    const table = formatMarkdown([result, result])
    expect(table).toContain('| locate one, µs | 20 | 200 | 10.0x | 20 | 200 | 10.0x |')
    const readme = 'a\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nz\n'
    expect(replaceMeasured(readme, 'new\n')).toBe('a\n<!-- measured: begin -->\n\nnew\n\n<!-- measured: end -->\nz\n')
    expect(() => replaceMeasured('a', 'new')).toThrow('measured: begin')
  })
})
