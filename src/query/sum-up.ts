/** How much is it all together? */

/** Rows of all the ranges. */
export function countRows(ranges: readonly { readonly lo: number; readonly hi: number }[]): number {
  return sumUp(ranges, ({ lo, hi }) => hi - lo)
}

export function sumUp<Value>(values: readonly Value[], pick: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + pick(value), 0)
}
