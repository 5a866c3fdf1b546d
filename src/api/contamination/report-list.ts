/** Which contamination reports does a static site have? The list that lies beside them; who writes and who reads it agree here. */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import type { TableReport } from './contamination-table.js'
import { reportSummarySchema } from './report-summary.js'

export const reportListName = 'reports.json'

const listSchema = z.array(
  z.strictObject({
    // It becomes a part of an address.
    id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    table: z.enum(['core', 'community']).nullable(),
    publishedMs: z.number().min(0).nullable(),
    summary: reportSummarySchema,
  }),
)

/** The bytes of a list: the same reports, the same bytes. */
export function formatReportList(list: readonly TableReport[]): string {
  return `${JSON.stringify(list)}\n`
}

/** The list that `text` holds. Throws `bad-report` that names `place` and the field. */
export function parseReportList(text: string, place: string): readonly TableReport[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new OmnigramError('bad-report', `${place} is not JSON: ${(cause as Error).message}.`, { cause })
  }
  const { success, data, error } = listSchema.safeParse(value)
  if (success) return data
  const [{ path, message }] = error.issues
  throw new OmnigramError('bad-report', `${place}: ${path.join('.') || 'the list'}: ${message}.`)
}
