/** How much of each benchmark is in each corpus? `GET /v1/contamination/cells` */
import { z } from 'zod'
import { chooseCells, type TableCell } from '../contamination/contamination-table.js'
import { cellSummarySchema } from '../contamination/report-summary.js'
import { defineRoute, type RouteContext, type RowStream } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { describeHead, fingerprintReports, reportHeadSchema, tableSchema } from '../schemas/contamination.js'

const request = z.strictObject({ table: tableSchema.default('core') })
type Context = RouteContext<object, z.output<typeof request>>

export const contaminationCellsRoute = defineRoute({
  operationId: 'listContaminationCells',
  path: '/v1/contamination/cells',
  summary: 'Read the table of benchmarks and corpora',
  description: [
    'The newest cell of each benchmark and index, with the reports that they come from. The histogram of a cell gives the',
    'dirty rate for any threshold in whole percents.',
  ].join(' '),
  tag: 'contamination',
  scope: 'count',
  params: z.object({}),
  request,
  hasBody: false,
  link: {
    query: z.strictObject({
      table: tableSchema.optional().describe('`core`, the operator’s reports, or `community`, published checks.'),
    }),
    toRequest: (query) => query,
  },
  answer: z.object({
    reports: z.array(reportHeadSchema),
    cells: z.array(cellSummarySchema.extend({ report: z.string().describe('Id of its report.') })),
    tookMs: stateFields.tookMs,
  }),
  problems: [],
  cost: () => 2,
  fingerprint: ({ contamination, client, request: { table } }) =>
    fingerprintReports(contamination.listReports(table), client),
  handle: async (context) => readTable(context),
  stream: async (context) => exportCells(context),
})

/** The cells that the client may see, and the reports that they come from. */
export function readTable({
  contamination,
  client,
  request: { table },
}: Pick<Context, 'contamination' | 'client' | 'request'>) {
  const reports = contamination.listReports(table)
  const cells = chooseCells(reports, (index) => client.mayRead(index))
  const used = new Set(cells.map(({ report }) => report))
  return { reports: reports.filter(({ id }) => used.has(id)).map((report) => describeHead(report, client)), cells }
}

type Table = ReturnType<typeof readTable>

/** A row a view of a cell. */
function exportCells(context: Context): RowStream {
  const { reports, cells } = readTable(context)
  return {
    fileName: `contamination-${context.request.table}`,
    columns: [
      'benchmark',
      'category',
      'index',
      'generation',
      'corpusDate',
      'date',
      'view',
      'items',
      'short',
      'clean',
      'suspicious',
      'dirty',
      'dirtyRate',
      'intervalLow',
      'intervalHigh',
      'meanEta',
      'report',
    ],
    rows: makeRows(reports, cells),
    toCells: (row) => Object.values(row as Row),
  }
}

type Row = Record<string, string | number | null>

async function* makeRows(reports: Table['reports'], cells: readonly TableCell[]): AsyncGenerator<Row> {
  for (const { report: id, benchmark, index, views } of cells) {
    const report = reports.find((candidate) => candidate.id === id)
    const info = report?.benchmarks.find(({ name }) => name === benchmark)
    const corpus = report?.indexes.find(({ name }) => name === index)
    for (const { view, items, short, clean, suspicious, dirty, dirtyRate, interval, meanEta } of views) {
      yield {
        benchmark,
        category: info?.category ?? null,
        index,
        generation: corpus?.generation ?? null,
        corpusDate: corpus?.corpusDate ?? null,
        date: report?.date ?? null,
        view,
        items,
        short,
        clean,
        suspicious,
        dirty,
        dirtyRate,
        intervalLow: interval?.[0] ?? null,
        intervalHigh: interval?.[1] ?? null,
        meanEta,
        report: id,
      }
    }
  }
}
