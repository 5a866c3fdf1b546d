/** Which neighbouring windows stand in exactly the same documents, so that these are listed only once? */
import type { SoughtWindow } from './count-windows.js'
import type { TextPart } from './windows.js'

/** Windows that are found together: every occurrence of one is part of an occurrence of the whole. */
export interface WindowGroup {
  readonly windows: readonly SoughtWindow[]
  /** Occurrences of each. */
  readonly count: number
  /** What to search for. */
  readonly patterns: readonly string[]
}

/** Windows in a row that overlap and occur equally often, and the part of the text that they cover. */
interface WindowRun extends TextPart {
  readonly windows: readonly SoughtWindow[]
}

/**
 * Groups found windows. A run of overlapping windows that all occur `c` times is one group when the whole run occurs `c` times
 * too; `countParts` is asked for that, once. O(windows).
 */
export async function groupWindows(
  text: string,
  found: readonly SoughtWindow[],
  countParts: (parts: readonly string[]) => Promise<readonly (number | null)[]>,
): Promise<WindowGroup[]> {
  const runs = findRuns(found)
  const long = runs.filter(({ windows, end }) => windows.length > 1 && !/\s/u.test(text.slice(end - 1, end)))
  const counts = await countParts(long.map(({ start, end }) => text.slice(start, end)))
  const whole = new Map(long.map((run, at) => [run, counts[at]]))
  return runs.flatMap((run): WindowGroup[] => {
    const count = run.windows[0].count ?? 0
    if (whole.get(run) === count) return [{ windows: run.windows, count, patterns: [text.slice(run.start, run.end)] }]
    return run.windows.map((window) => ({ windows: [window], count: window.count ?? 0, patterns: window.patterns }))
  })
}

function findRuns(found: readonly SoughtWindow[]): WindowRun[] {
  const runs: { start: number; end: number; windows: SoughtWindow[] }[] = []
  for (const window of found) {
    const run = runs.at(-1)
    if (run && window.start < run.end && window.count === run.windows[0].count) {
      run.windows.push(window)
      run.end = window.end
    } else {
      runs.push({ start: window.start, end: window.end, windows: [window] })
    }
  }
  return runs
}
