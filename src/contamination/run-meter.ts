/** How far is a check of benchmarks, how fast is it, and when will it end? */
import type { IndexReader } from '../query/index-reader.js'
import type { Benchmark, BenchmarkItem } from './benchmark.js'
import type { CellMeter } from './check-cell.js'
import type { ContaminationOptions, ContaminationProgress } from './contamination-options.js'

/** Share of the time that counting takes where evidence is looked for too; a guess, for the ETA alone. */
const countShare = 0.7

/** At most ten reports a second. */
const reportEveryMs = 100

/** Measures work by the characters of the items. */
export class RunMeter {
  readonly #startedAtMs = performance.now()
  readonly #passes: number
  readonly #countShare: number
  readonly #units: readonly number[]
  readonly #allUnits: number
  readonly #allItems: number
  #reportedAtMs = Number.NEGATIVE_INFINITY
  #unitsBefore = 0
  #itemsBefore = 0
  #at = 0

  constructor(
    readers: readonly IndexReader[],
    readonly benchmarks: readonly Benchmark[],
    readonly samples: readonly (readonly BenchmarkItem[])[],
    readonly options: ContaminationOptions,
  ) {
    this.#passes = options.views.length + (options.findsLongestMatch ? 1 : 0)
    this.#countShare = options.findsEvidence ? countShare : 1
    this.#units = samples.map((items) => items.reduce((sum, { text }) => sum + text.length, 1))
    this.#allUnits = readers.length * this.#units.reduce((sum, units) => sum + units, 0)
    this.#allItems = readers.length * samples.reduce((sum, items) => sum + items.length, 0)
  }

  enterCell(at: number, index: string): CellMeter {
    this.#at = at
    const items = this.samples[at].length
    let counted = 0
    const report = (phase: ContaminationProgress['phase'], share: number) =>
      this.#report(phase, index, share, Math.floor(items * share))
    report('count', 0)
    return {
      counted: (units) => {
        counted += units
        const share = Math.min(1, counted / (this.#units[at] * this.#passes))
        report('count', share * this.#countShare)
      },
      evidence: (done, all) => report('evidence', this.#countShare + ((1 - this.#countShare) * done) / all),
    }
  }

  leaveCell(): void {
    this.#unitsBefore += this.#units[this.#at]
    this.#itemsBefore += this.samples[this.#at].length
  }

  /** `share` of the cell is done. */
  #report(phase: ContaminationProgress['phase'], index: string, share: number, items: number): void {
    const nowMs = performance.now()
    if (!this.options.onProgress || nowMs - this.#reportedAtMs < reportEveryMs) return
    this.#reportedAtMs = nowMs
    const elapsedMs = nowMs - this.#startedAtMs
    const done = (this.#unitsBefore + share * this.#units[this.#at]) / this.#allUnits
    const itemsDone = this.#itemsBefore + items
    this.options.onProgress({
      phase,
      benchmark: this.benchmarks[this.#at].info.name,
      index,
      itemsDone,
      items: this.#allItems,
      share: done,
      itemsPerSecond: itemsDone / (elapsedMs / 1_000),
      etaMs: done > 0 ? (elapsedMs * (1 - done)) / done : null,
    })
  }
}
