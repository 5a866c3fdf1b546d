/** How is a report named? */
import { createHash } from 'node:crypto'

/** The name of a report: equal for equal bytes, on every machine. */
export function identifyReport(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20)
}
