/** Which benchmark and corpora do the tests of the contamination API use? */
import type { NaiveReaderOptions } from '../../query/testkit/naive-reader.js'
import { identifyReport } from '../contamination/identify-report.js'
import { ReportShelf } from '../contamination/report-shelf.js'
import { summariseReport } from '../contamination/report-summary.js'
import { makeRunCheck } from '../contamination/run-check.js'
import type { ServedIndexes } from '../served-indexes.js'

/** Long enough for windows, each its own words. */
export const questions = [
  'A farmer keeps twelve brown hens and each of them lays five eggs a week; how many eggs does he sell in March?',
  'Which of the old harbour towns on the northern coast kept its own calendar until the railway came to it?',
  'A train of nine carriages leaves the valley at noon with forty passengers in every one of its carriages.',
  'Which gas do the leaves of a maple tree take from the air on a bright and windless morning in early June?',
]

/** All of the first question, the first half of the second, nothing of the others. */
export const corpora: readonly NaiveReaderOptions[] = [
  {
    name: 'web',
    documents: [
      {
        text: `Homework help. ${questions[0]} Answer: sixty.`,
        externalId: 'page/1',
        metadata: '{"url":"https://a.example"}',
      },
      { text: `Travel notes: ${questions[1].slice(0, 70)} and so on.`, externalId: 'page/2' },
    ],
  },
  { name: 'secret', documents: [{ text: `${questions[0]} ${questions[3]}`, externalId: 'page/3' }] },
]

export function writeBenchmark(texts: readonly string[] = questions): string {
  return texts.map((question, at) => `${JSON.stringify({ id: `q${at + 1}`, question, answer: 'sixty' })}\n`).join('')
}

/** The report that the operator lays out: the questions on both corpora. */
export async function makeTestShelf(registry: ServedIndexes): Promise<ReportShelf> {
  const order = {
    name: 'quiz',
    category: 'Knowledge',
    licence: null,
    link: 'https://quiz.example',
    split: 'test',
    format: 'jsonl' as const,
    field: null,
    answerField: null,
    indexes: ['web', 'secret'],
    views: ['exact' as const],
    itemsInFile: 4,
  }
  const signal = new AbortController().signal
  const run = makeRunCheck(registry, { web: '2025-05' })
  const report = await run(order, Buffer.from(writeBenchmark()), signal, () => undefined)
  const id = identifyReport(JSON.stringify(report))
  return new ReportShelf([{ id, report, summary: summariseReport(report) }])
}
