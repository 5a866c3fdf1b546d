/** How do the tests end? */

/** The lines to print last, and whether all is well. Where `isStrict` a skipped test is a failure, as in continuous integration. */
export function summarise(tallies, isStrict) {
  const sum = (key) => tallies.reduce((total, tally) => total + tally[key], 0)
  const list = (key) => tallies.flatMap((tally) => tally[key])
  const skips = list('skips')
  const passed = sum('passed')
  const failed = sum('failed') + (isStrict ? skips.length : 0)
  const closing = [`${passed} passed`, `${failed} failed`]
  if (!isStrict && skips.length > 0) closing.push(`${skips.length} skipped`)
  return {
    lines: [
      ...list('failures').map((failure) => `Failed: ${failure}`),
      ...skips.map((skip) => `Skipped${isStrict ? ' (a failure, as CI is set)' : ''}: ${skip}`),
      closing.join(', '),
    ],
    isGreen: failed === 0 && passed > 0,
  }
}
