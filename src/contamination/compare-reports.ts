/** What changed from one report to another? */

import type { ItemClass } from './item-class.js'
import type { ContaminationReport, ReportCell, ReportMethod } from './report.js'

/** One benchmark in one index, in both reports or in one of them. */
export interface CellChange {
  readonly benchmark: string
  readonly index: string
  /** Null where the other report alone has the cell. */
  readonly before: RateSummary | null
  readonly after: RateSummary | null
  /** Change of the dirty rate; null without a rate on either side. */
  readonly difference: number | null
  /** Whether both checked the same file, the same index and by the same method: else rates differ for more than the corpus. */
  readonly sameBenchmark: boolean
  readonly sameIndex: boolean
  readonly sameMethod: boolean
  readonly items: readonly ItemChange[]
}

export interface RateSummary {
  readonly items: number
  readonly dirty: number
  readonly suspicious: number
  readonly dirtyRate: number | null
  readonly interval: readonly [number, number] | null
}

/** An item that is of another class, or in one of the reports alone. */
export interface ItemChange {
  readonly id: string
  readonly before: ItemClass | null
  readonly after: ItemClass | null
  readonly etaBefore: number | null
  readonly etaAfter: number | null
}

/** Cells in the order of the first report, then those that the second one alone has. First views are compared. O(items). */
export function compareReports(before: ContaminationReport, after: ContaminationReport): CellChange[] {
  const keyOf = ({ benchmark, index }: ReportCell) => JSON.stringify([benchmark, index])
  const later = new Map(after.cells.map((cell) => [keyOf(cell), cell]))
  const earlier = new Set(before.cells.map(keyOf))
  const sameMethod = describeMethod(before.method) === describeMethod(after.method)
  const pairs = [
    ...before.cells.map((cell) => [cell, later.get(keyOf(cell)) ?? null] as const),
    ...after.cells.filter((cell) => !earlier.has(keyOf(cell))).map((cell) => [null, cell] as const),
  ]
  return pairs.map(([first, second]) => {
    const { benchmark, index } = (first ?? second) as ReportCell
    const rates = [first, second].map((cell) => cell?.views[0].dirtyRate ?? null)
    return {
      benchmark,
      index,
      before: first && summarize(first),
      after: second && summarize(second),
      difference: rates[0] === null || rates[1] === null ? null : rates[1] - rates[0],
      sameBenchmark: isSame(before.benchmarks, after.benchmarks, benchmark, ({ sha256, field }) => sha256 + field),
      sameIndex: isSame(before.indexes, after.indexes, index, ({ manifestSha256 }) => manifestSha256),
      sameMethod,
      items: compareItems(first, second),
    }
  })
}

/** What decides classes: the method without what only evidence depends on. */
function describeMethod(method: ReportMethod): string {
  const { windowCharacters, suspiciousFrom, dirtyFrom, sampleItems, seed, views } = method
  return JSON.stringify([windowCharacters, suspiciousFrom, dirtyFrom, sampleItems, seed, views[0]])
}

function isSame<Entry extends { readonly name: string }>(
  before: readonly Entry[],
  after: readonly Entry[],
  name: string,
  keyOf: (entry: Entry) => string,
): boolean {
  const [first, second] = [before, after].map((entries) => entries.find((entry) => entry.name === name))
  return first !== undefined && second !== undefined && keyOf(first) === keyOf(second)
}

function summarize({ views: [{ items, dirty, suspicious, dirtyRate, interval }] }: ReportCell): RateSummary {
  return { items, dirty, suspicious, dirtyRate, interval }
}

/** Items are matched by id; of equal ids the first with the first. */
function compareItems(before: ReportCell | null, after: ReportCell | null): ItemChange[] {
  const later = new Map<string, ReportCell['items']>()
  for (const item of after?.items ?? []) later.set(item.id, [...(later.get(item.id) ?? []), item])
  const changes: ItemChange[] = []
  for (const { id, views } of before?.items ?? []) {
    const other = later.get(id)?.shift()?.views[0]
    changes.push({
      id,
      before: views[0].class,
      after: other?.class ?? null,
      etaBefore: views[0].eta,
      etaAfter: other?.eta ?? null,
    })
  }
  for (const { id, views } of [...later.values()].flat()) {
    changes.push({ id, before: null, after: views[0].class, etaBefore: null, etaAfter: views[0].eta })
  }
  return changes.filter((change) => change.before !== change.after)
}
