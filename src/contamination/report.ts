/** What does a contamination report say? One JSON document with everything that is needed to repeat it. */
import { z } from 'zod'
import { OmnigramError } from '../core/errors.js'
import { classNames } from './item-class.js'
import { viewNames } from './views.js'

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const share = z.number().min(0).max(1)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const view = z.enum(viewNames)

/** Start and end in UTF-16 units of the text that they belong to. */
const span = z.tuple([count, count])

const document = z
  .strictObject({
    index: z.string(),
    document: count.describe('Number of the document in the index.'),
    externalId: z.string().nullable(),
    metadata: z.string().nullable().describe('Raw JSON object as it stood in the corpus.'),
    facets: z.record(z.string(), z.string().nullable()),
    textBytes: count,
  })
  .describe('A document of the corpus.')

const passage = z
  .strictObject({
    document,
    text: z.string(),
    startOffset: count.describe('Byte offset of the passage in the document.'),
    textSha256: sha256.describe('SHA-256 of the passage as UTF-8.'),
    matches: z.array(span).describe('Where windows of the item stand in the passage.'),
    isCutBefore: z.boolean(),
    isCutAfter: z.boolean(),
  })
  .describe('Text of the corpus around a match, to be read beside the item.')

const evidence = z
  .strictObject({
    view: view.describe('The view in which most windows were found; of equals the first.'),
    rarestWindow: z.strictObject({
      start: count,
      end: count,
      text: z.string().describe('The window as it was searched.'),
      count: count.describe('Occurrences in the corpus.'),
      documents: z.strictObject({ count, isExact: z.boolean() }),
      passages: z.array(passage),
    }),
    bestDocument: z
      .strictObject({
        windows: count.describe('Windows of the item that stand in this document.'),
        share,
        isExact: z.boolean().describe('False when a document that holds more windows may have been missed.'),
        passage,
      })
      .nullable()
      .describe('The one document that holds most windows.'),
    answer: z
      .strictObject({
        status: z
          .enum(['found', 'not-found', 'not-testable', 'absent'])
          .describe('not-testable: a single letter or digit; absent: the benchmark has no answer.'),
        distance: count.nullable().describe('Code points between the end of the window and the answer.'),
        passage: passage.nullable(),
      })
      .describe('Whether the correct answer stands within reach after a matching window.'),
    boilerplate: z.strictObject({
      windows: count.describe('Found windows that occur in very many documents or in many items of the benchmark.'),
      isBoilerplate: z.boolean().describe('All found windows are such.'),
    }),
    category: z
      .strictObject({
        number: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
        decidedBy: z.string().describe('`rule`, or the name of the language model that was asked.'),
      })
      .describe('1 question and answer; 2 question, answer in other words; 3 question alone; 4 false positive.'),
  })
  .describe('What was found where. For items that are suspicious or dirty in a view.')

const viewScore = z.strictObject({
  view,
  windows: count,
  matched: count,
  undecided: count.describe('Windows whose search went over its budget; they count as not found.'),
  eta: share.nullable().describe('matched / windows; null without windows.'),
  class: z.enum(classNames),
  counts: z.array(count).nullable().describe('Occurrences of each window; null when none was found.'),
  spans: z.array(span).describe('Parts of the text that found windows cover.'),
})

const item = z.strictObject({
  id: z.string(),
  line: count.describe('Line or row of the benchmark file, from 1.'),
  subtask: z.string().nullable(),
  characters: count.describe('Code points of the text.'),
  text: z.string().nullable().describe('The text that was looked for; null where the report leaves it out.'),
  views: z.array(viewScore).min(1).describe('In the order of method.views.'),
  wholeCount: count
    .nullable()
    .describe('Occurrences of the whole text in the first view: short items, when they are tested whole.'),
  longestMatch: z
    .strictObject({ start: count, end: count, characters: count, share, count })
    .nullable()
    .describe('The longest part of the text that stands in the corpus; null when it was not looked for.'),
  evidence: evidence.nullable(),
})

const viewSummary = z.strictObject({
  view,
  items: count,
  short: count,
  clean: count,
  suspicious: count,
  dirty: count,
  population: count.describe(
    'Items of the whole benchmark that have a window; more than here when a sample was drawn.',
  ),
  undecided: count.describe('Items with a window whose search went over its budget.'),
  dirtyRate: share.nullable().describe('dirty / (items - short); null when all are short.'),
  interval: z.tuple([share, share]).nullable().describe('95 % interval of the dirty rate of the whole benchmark.'),
  meanEta: share.nullable(),
})

const cell = z.strictObject({
  benchmark: z.string(),
  index: z.string(),
  views: z.array(viewSummary).min(1).describe('In the order of method.views.'),
  withShort: viewSummary
    .nullable()
    .describe(
      'The first view, with short items tested whole: dirty when they occur, else clean; null when they were not.',
    ),
  categories: z.strictObject({ 1: count, 2: count, 3: count, 4: count }).describe('Dirty items by category.'),
  boilerplate: count.describe('Suspicious and dirty items of which all found windows are boilerplate.'),
  answers: count.describe('Suspicious and dirty items with the correct answer nearby.'),
  items: z.array(item),
})

const method = z.strictObject({
  windowCharacters: count.describe('Unicode code points of a window.'),
  windowStarts: z.literal('word').describe('At each character that is not white space and is first or follows some.'),
  views: z.array(view).min(1).describe('The first one gives the numbers of the table.'),
  suspiciousFrom: share,
  dirtyFrom: share,
  sampleItems: count.nullable().describe('Items checked at most, drawn in proportion to the subtasks; null for all.'),
  seed: count,
  testsShort: z.boolean().describe('Whether short items were also looked for as a whole.'),
  contextCharacters: count.describe('Reach of passages, and of the answer after a window.'),
  boilerplateDocuments: count.describe('A window in more documents than this is boilerplate.'),
  boilerplateItems: count.describe('A window in more items of its benchmark than this is boilerplate.'),
  judge: z.string().nullable().describe('The language model that decided categories; null for the rule.'),
})

const index = z.strictObject({
  name: z.string(),
  generation: z.string(),
  manifestSha256: sha256,
  documents: count,
  textBytes: count,
  corpusDate: z.string().nullable().describe('Date of the corpus, YYYY-MM-DD or a part of it, for trends.'),
})

const benchmark = z.strictObject({
  name: z.string(),
  category: z.string().nullable(),
  licence: z.string().nullable(),
  link: z.string().nullable(),
  split: z.string().nullable(),
  table: z.enum(['core', 'community']),
  sha256: sha256.describe('Of the benchmark file.'),
  fileBytes: count,
  layout: z.string(),
  field: z.string().describe('The field that was looked for.'),
  itemsInFile: count,
  items: count.describe('Items checked: all, or the sample.'),
  duplicates: count.describe('Checked items whose text an earlier one has too. They count.'),
  empty: count.describe('Checked items without text; they are among the short ones.'),
})

export const reportSchema = z.strictObject({
  format: z.literal('omnigram-contamination-report'),
  version: z.literal(1),
  program: z.string().describe('Version of omnigram.'),
  date: z.string().describe('ISO 8601.'),
  method,
  indexes: z.array(index),
  benchmarks: z.array(benchmark),
  cells: z.array(cell).describe('Benchmarks in their order, for each the indexes in theirs.'),
})

export type ContaminationReport = z.infer<typeof reportSchema>
export type ReportMethod = z.infer<typeof method>
export type ReportIndex = z.infer<typeof index>
export type ReportBenchmark = z.infer<typeof benchmark>
export type ReportCell = z.infer<typeof cell>
export type ReportItem = z.infer<typeof item>
export type ViewScore = z.infer<typeof viewScore>
export type ViewSummary = z.infer<typeof viewSummary>
export type Evidence = z.infer<typeof evidence>
export type Passage = z.infer<typeof passage>

/** The report that `text` holds. Throws `bad-report` that names `path` and the field. */
export function parseReport(text: string, path: string): ContaminationReport {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new OmnigramError('bad-report', `${path} is not JSON: ${(error as Error).message}.`, { cause: error })
  }
  const version = (value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version > 1) {
    throw new OmnigramError('bad-report', `${path} has version ${version}, this program reads 1.`)
  }
  const { success, data, error } = reportSchema.safeParse(value)
  if (success) return data
  const [{ path: place, message }] = error.issues
  throw new OmnigramError('bad-report', `${path}: ${place.join('.') || 'the document'}: ${message}.`)
}

/** The bytes of a report: the same report, the same bytes. */
export function formatReport(report: ContaminationReport): string {
  return `${JSON.stringify(report)}\n`
}
