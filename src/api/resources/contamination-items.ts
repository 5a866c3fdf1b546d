/** Which items of a benchmark are in a corpus? `GET /v1/contamination/reports/{id}/items` */
import { z } from 'zod'
import { classNames } from '../../contamination/item-class.js'
import { type ReportItem, reportSchema, type ViewScore } from '../../contamination/report.js'
import { viewNames } from '../../contamination/views.js'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { ContaminationDesk } from '../contamination/contamination-desk.js'
import type { Client } from '../guards/api-keys.js'
import { defineRoute, type RouteContext, type RowStream } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { cellLink, reportParams } from '../schemas/contamination.js'
import { integerText } from '../schemas/request.js'

const count = z.number().int().min(0)
const percent = z.number().int().min(0).max(101)
const itemShape = reportSchema.shape.cells.element.shape.items.element

const request = z.strictObject({
  benchmark: z.string(),
  index: z.string(),
  view: z.enum(viewNames).optional(),
  class: z.enum(classNames).optional(),
  fromPercent: percent.optional(),
  belowPercent: percent.optional(),
  offset: count.default(0),
  limit: z.number().int().min(1).max(limits.pageSize).default(50),
})

/** An item without what was found for it: that is the evidence. */
const itemSchema = itemShape
  .omit({ evidence: true })
  .extend({
    views: z.array(itemShape.shape.views.element.omit({ counts: true })),
    category: z.number().int().min(1).max(4).nullable().describe('As in the evidence; null without.'),
    isBoilerplate: z.boolean().nullable(),
    answer: z.string().nullable().describe('Status of the answer nearby, as in the evidence; null without.'),
    foundText: z.string().nullable().describe('The rarest window that was found.'),
  })
  .meta({ id: 'ContaminationItem' })

export type ListedItem = z.infer<typeof itemSchema>

export const contaminationItemsRoute = defineRoute({
  operationId: 'listContaminationItems',
  path: '/v1/contamination/reports/:id/items',
  summary: 'List the items of a cell, those found most first',
  tag: 'contamination',
  scope: 'documents',
  params: reportParams,
  request,
  hasBody: false,
  link: {
    query: z.strictObject({
      ...cellLink,
      view: z.enum(viewNames).optional().describe('The view that decides; the first one of the report by default.'),
      class: z.enum(classNames).optional().describe('Only items of this class, by the thresholds of the report.'),
      fromPercent: integerText(0, 101, 'Only items of which at least so many percent were found.').optional(),
      belowPercent: integerText(0, 101, 'Only items of which fewer percent were found.').optional(),
      offset: integerText(0, Number.MAX_SAFE_INTEGER, 'Items left out before the page.').optional(),
      limit: integerText(1, limits.pageSize, 'Items of the page.').optional(),
    }),
    toRequest: (query) => query,
  },
  answer: z.object({
    count: count.describe('Items of the cell that there are in all pages.'),
    items: z.array(itemSchema),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-report', 'unfinished-check'],
  cost: ({ limit }) => 2 + limit / 50,
  fingerprint: ({ params: { id } }) => id,
  handle: async (context) => {
    const { request: asked } = context
    const items = chooseItems(context)
    return { count: items.length, items: items.slice(asked.offset, asked.offset + asked.limit).map(describeItem) }
  },
  stream: async (context) => exportItems(chooseItems(context)),
})

/** The cell of a report, for a client that may read its index. */
export function openCell(desk: ContaminationDesk, client: Client, id: string, benchmark: string, index: string) {
  if (!client.mayRead(index)) throw new OmnigramError('unknown-report', `The report has no cell of '${index}'.`)
  return desk.openCell(id, benchmark, index)
}

/** Those found most first; short ones last. */
function chooseItems(context: RouteContext<{ id: string }, z.output<typeof request>>): ReportItem[] {
  const { params, request: asked, contamination, client } = context
  const { benchmark, index, view, class: wanted, fromPercent = 0, belowPercent = 101 } = asked
  const { report, cell } = openCell(contamination, client, params.id, benchmark, index)
  const at = view === undefined ? 0 : report.method.views.indexOf(view)
  if (at < 0) throw new OmnigramError('unknown-report', `The report has no view '${view}'.`)
  const isWanted = ({ windows, matched, class: found }: ViewScore) => {
    if (wanted !== undefined && found !== wanted) return false
    if (windows === 0) return fromPercent === 0 && belowPercent > 100
    return matched * 100 >= fromPercent * windows && matched * 100 < belowPercent * windows
  }
  return cell.items
    .filter(({ views }) => isWanted(views[at]))
    .sort((a, b) => (b.views[at].eta ?? -1) - (a.views[at].eta ?? -1) || a.line - b.line)
}

function describeItem({ evidence, views, ...item }: ReportItem): ListedItem {
  return {
    ...item,
    views: views.map(({ counts: _counts, ...view }) => view),
    category: evidence?.category.number ?? null,
    isBoilerplate: evidence?.boilerplate.isBoilerplate ?? null,
    answer: evidence?.answer.status ?? null,
    foundText: evidence?.rarestWindow.text ?? null,
  }
}

function exportItems(items: readonly ReportItem[]): RowStream<ListedItem> {
  async function* makeRows() {
    for (const item of items) yield describeItem(item)
  }
  return {
    fileName: 'contamination-items',
    columns: [
      'id',
      'line',
      'subtask',
      'characters',
      'windows',
      'matched',
      'eta',
      'class',
      'longestMatchCharacters',
      'category',
      'answer',
      'foundText',
      'text',
    ],
    rows: makeRows(),
    toCells: ({ id, line, subtask, characters, views: [first], longestMatch, category, answer, foundText, text }) => [
      id,
      line,
      subtask,
      characters,
      first.windows,
      first.matched,
      first.eta,
      first.class,
      longestMatch?.characters,
      category,
      answer,
      foundText,
      text,
    ],
  }
}
