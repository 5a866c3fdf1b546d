/** How does a row look in CSV that a spreadsheet opens without harm? */

/** Characters at which spreadsheets begin to compute, and those that hide them. */
const startsFormula = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/
const needsQuotes = /[",\r\n]/

/** One line of RFC 4180. Text that would be a formula gets a `'` before it; numbers stay numbers. */
export function formatCsvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`
}

function formatCell(cell: string | number | null | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const safe = startsFormula.test(cell) ? `'${cell}` : cell
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
