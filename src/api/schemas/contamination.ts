/** Which parts do questions and answers about contamination share? */
import { z } from 'zod'
import { reportSchema } from '../../contamination/report.js'
import type { TableReport } from '../contamination/contamination-table.js'
import type { Client } from '../guards/api-keys.js'

export const tableSchema = z.enum(['core', 'community'])

/** Which cell, in a query string. */
export const cellLink = {
  benchmark: z.string().min(1).max(200).describe('Name of the benchmark in the report.'),
  index: z.string().min(1).max(64).describe('Name of the index in the report.'),
}

export const reportParams = z.object({
  id: z.string().min(1).max(64).describe('Id of a report, or of a check that is done.'),
})

export const checkParams = z.object({ id: z.string().min(1).max(64).describe('Id of the check: the right to it.') })

export const reportHeadSchema = reportSchema
  .omit({ cells: true, format: true, version: true })
  .extend({
    id: z.string(),
    table: tableSchema.nullable().describe('Null for a check that is not published.'),
    publishedAt: z.iso.datetime().nullable().describe('When it came into the table of the community.'),
  })
  .meta({ id: 'ContaminationReportHead' })

/** What of a report is told to a client that may read these indexes. */
export function describeHead({ id, table, publishedMs, summary }: TableReport, client: Client) {
  const { program, date, method, indexes, benchmarks } = summary
  return {
    id,
    table,
    publishedAt: publishedMs === null ? null : new Date(publishedMs).toISOString(),
    program,
    date,
    method,
    indexes: indexes.filter(({ name }) => client.mayRead(name)),
    benchmarks,
  }
}

/** Equal where the answers about these reports are: reports never change, but who may see what of them does. */
export function fingerprintReports(reports: readonly TableReport[], client: Client): string {
  return JSON.stringify(
    reports.map(({ id, table, summary }) => [id, table, summary.indexes.map(({ name }) => client.mayRead(name))]),
  )
}
