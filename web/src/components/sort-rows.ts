/** In which order do the rows of a table stand? */

export interface Sorting {
  readonly key: string
  readonly isDescending: boolean
}

/** Rows by a value of each; those that are equal keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  read: (row: Row) => number | string,
  isDescending: boolean,
): readonly Row[] {
  const sign = isDescending ? -1 : 1
  return [...rows].sort((a, b) => sign * compare(read(a), read(b)))
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en')
}
