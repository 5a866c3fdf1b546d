import { describe, expect, it } from 'vitest'
import type { ReadProblem } from '../core/document.js'
import { ReadReport } from './read-report.js'

const hidden: ReadProblem = { kind: 'hidden-file', path: '.git', line: null, detail: 'is hidden' }
const malformed = (line: number): ReadProblem => ({
  kind: 'malformed-line',
  path: 'a.jsonl',
  line,
  detail: 'is not JSON',
})

describe('ReadReport', () => {
  it('does not let what is left out by nature hide the defects', () => {
    const report = new ReadReport(false)
    for (let i = 0; i < 30; i++) report.addProblem(hidden)
    report.addProblem(malformed(1))
    const { problems, skipped } = report.summarize()
    expect(problems).toHaveLength(20)
    expect(problems[0]).toEqual(malformed(1))
    expect(skipped).toEqual({ 'hidden-file': 30, 'malformed-line': 1 })
  })

  it('does not let many problems of one kind hide those of another', () => {
    const report = new ReadReport(false)
    const damaged: ReadProblem = { kind: 'unreadable-file', path: 'a.jsonl', line: null, detail: 'is damaged' }
    for (let line = 1; line <= 30; line++) report.addProblem(malformed(line))
    report.addProblem(damaged)
    report.addProblem({ ...malformed(1), path: 'b.jsonl' })
    const { problems } = report.summarize()
    expect(problems).toEqual([...Array.from({ length: 19 }, (_, at) => malformed(at + 1)), damaged])
  })

  it('throws defects in strict mode, with the place', () => {
    const report = new ReadReport(true)
    report.addProblem(hidden)
    expect(() => report.addProblem(malformed(7))).toThrowError(
      expect.objectContaining({ code: 'bad-input', detail: 'a.jsonl:7 is not JSON' }),
    )
  })

  it('counts documents and their bytes', () => {
    const report = new ReadReport(false)
    const document = {
      text: Buffer.from('é'),
      externalId: null,
      metadata: null,
      facets: [],
      source: { path: 'a', line: 1 },
    }
    expect(report.addDocuments([document, document])).toBe(4)
    expect(report.summarize()).toMatchObject({ documents: 2, textBytes: 4 })
  })
})
