/** What of a report stands in the table? Its head and its cells, without the items. */
import { z } from 'zod'
import { type ContaminationReport, type ReportCell, reportSchema } from '../../contamination/report.js'

const cellShape = reportSchema.shape.cells.element
const viewShape = cellShape.shape.views.element

const histogram = z
  .array(z.tuple([z.number().int().min(0).max(100), z.number().int().min(1)]))
  .describe(
    '[p, n]: n items of which p % to less than p + 1 % of the windows were found; p rises, short items are left out.',
  )

export const viewSummarySchema = viewShape.extend({ histogram }).meta({ id: 'ContaminationView' })

export const cellSummarySchema = cellShape
  .omit({ items: true })
  .extend({ views: z.array(viewSummarySchema).min(1) })
  .meta({ id: 'ContaminationCell' })

export const reportSummarySchema = reportSchema.omit({ cells: true }).extend({ cells: z.array(cellSummarySchema) })

export type CellSummary = z.infer<typeof cellSummarySchema>
export type ReportSummary = z.infer<typeof reportSummarySchema>

export function summariseReport({ cells, ...head }: ContaminationReport): ReportSummary {
  return { ...head, cells: cells.map(summariseCell) }
}

function summariseCell({ items, views, ...cell }: ReportCell): CellSummary {
  const counted = views.map((view, at) => ({
    ...view,
    histogram: countByPercent(items.map(({ views: scores }) => scores[at])),
  }))
  return { ...cell, views: counted }
}

/** With whole percents as borders, a threshold in percent divides the items exactly: matched / windows is not rounded. */
function countByPercent(scores: readonly { readonly windows: number; readonly matched: number }[]): [number, number][] {
  const counts = new Map<number, number>()
  for (const { windows, matched } of scores) {
    if (windows === 0) continue
    const percent = Math.floor((matched * 100) / windows)
    counts.set(percent, (counts.get(percent) ?? 0) + 1)
  }
  return [...counts].sort(([a], [b]) => a - b)
}
