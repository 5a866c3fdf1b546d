/** Where in the corpus does an item stand? `GET /v1/contamination/reports/{id}/evidence` */
import { z } from 'zod'
import { reportSchema } from '../../contamination/report.js'
import { OmnigramError } from '../../core/errors.js'
import { defineRoute } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { cellLink, reportParams } from '../schemas/contamination.js'
import { integerText } from '../schemas/request.js'
import { openCell } from './contamination-items.js'

const { method, indexes, benchmarks, cells } = reportSchema.shape

export const contaminationEvidenceRoute = defineRoute({
  operationId: 'readContaminationEvidence',
  path: '/v1/contamination/reports/:id/evidence',
  summary: 'Read one item with all that was found for it',
  tag: 'contamination',
  scope: 'documents',
  params: reportParams,
  request: z.strictObject({ benchmark: z.string(), index: z.string(), line: z.number().int().min(1) }),
  hasBody: false,
  link: {
    query: z.strictObject({
      ...cellLink,
      line: integerText(1, Number.MAX_SAFE_INTEGER, 'Line of the item in the file of the benchmark.'),
    }),
    toRequest: (query) => query,
  },
  answer: z.object({
    date: z.string().describe('When the report was made.'),
    method,
    benchmark: benchmarks.element,
    index: indexes.element,
    isServed: z.boolean().describe('Whether the index is served here, in the generation of the report.'),
    item: cells.element.shape.items.element,
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-report', 'unfinished-check'],
  cost: () => 3,
  fingerprint: ({ params: { id }, indexes: served }) =>
    JSON.stringify([id, served.list().map(({ name, generation }) => [name, generation])]),
  handle: async ({ params, request: asked, contamination, client, indexes: served }) => {
    const { report, cell } = openCell(contamination, client, params.id, asked.benchmark, asked.index)
    const item = cell.items.find(({ line }) => line === asked.line)
    const benchmark = report.benchmarks.find(({ name }) => name === asked.benchmark)
    const index = report.indexes.find(({ name }) => name === asked.index)
    if (!item || !benchmark || !index) {
      throw new OmnigramError('unknown-report', `The cell has no item of line ${asked.line}.`)
    }
    const live = served.list().find(({ name }) => name === index.name)
    const isServed = live?.generation === index.generation
    return { date: report.date, method: report.method, benchmark, index, isServed, item }
  },
})
