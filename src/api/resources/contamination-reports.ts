/** Which contamination reports are there? `GET /v1/contamination/reports`, `GET /v1/contamination/reports/{id}` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { restrictSummary, type TableReport } from '../contamination/contamination-table.js'
import { cellSummarySchema } from '../contamination/report-summary.js'
import { defineRoute, type RouteContext } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import {
  describeHead,
  fingerprintReports,
  reportHeadSchema,
  reportParams,
  tableSchema,
} from '../schemas/contamination.js'

export const contaminationReportsRoute = defineRoute({
  operationId: 'listContaminationReports',
  path: '/v1/contamination/reports',
  summary: 'List the contamination reports',
  tag: 'contamination',
  scope: 'count',
  params: z.object({}),
  request: z.strictObject({ table: tableSchema.optional() }),
  hasBody: false,
  link: {
    query: z.strictObject({ table: tableSchema.optional().describe('Both tables by default.') }),
    toRequest: (query) => query,
  },
  answer: z.object({ reports: z.array(reportHeadSchema), tookMs: stateFields.tookMs }),
  problems: [],
  cost: () => 1,
  fingerprint: ({ contamination, client, request: { table = null } }) =>
    fingerprintReports(contamination.listReports(table), client),
  handle: async ({ contamination, client, request: { table = null } }) => ({
    reports: contamination
      .listReports(table)
      .filter(({ summary }) => summary.indexes.some(({ name }) => client.mayRead(name)))
      .map((report) => describeHead(report, client)),
  }),
})

export const contaminationReportRoute = defineRoute({
  operationId: 'readContaminationReport',
  path: '/v1/contamination/reports/:id',
  summary: 'Read a contamination report, without its items',
  tag: 'contamination',
  scope: 'count',
  params: reportParams,
  request: z.strictObject({}),
  hasBody: false,
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  answer: z.object({
    report: reportHeadSchema,
    cells: z.array(cellSummarySchema),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-report', 'unfinished-check'],
  cost: () => 2,
  fingerprint: (context) => fingerprintReports([findReport(context)], context.client),
  handle: async (context) => {
    const found = findReport(context)
    const { cells } = restrictSummary(found.summary, (index) => context.client.mayRead(index))
    return { report: describeHead(found, context.client), cells }
  },
})

/** A report that says nothing about indexes of the client is none. */
function findReport({ params: { id }, contamination, client }: RouteContext<{ id: string }, object>): TableReport {
  const found = contamination.findReport(id)
  if (found.summary.indexes.some(({ name }) => client.mayRead(name))) return found
  throw new OmnigramError('unknown-report', `No report is named '${id}'.`)
}
