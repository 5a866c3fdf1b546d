/** How far is a build, how fast is it, and when will it end? */
import type { BuildOptions, BuildProgress } from './build-options.js'
import { type BuildWork, estimateRemainingMs, expectedTextBytes } from './remaining-work.js'

/** At most ten reports a second. */
const reportEveryMs = 100

type ReportedPhase = BuildProgress['phase']

export class ProgressMeter {
  readonly #onProgress: BuildOptions['onProgress']
  readonly #measure: () => BuildWork
  readonly #startedAtMs = performance.now()
  readonly #timer: NodeJS.Timeout | undefined
  #reportedAtMs = Number.NEGATIVE_INFINITY
  #share = 0
  #lastPhase: ReportedPhase | null = null

  /** `measure` says what is done so far; it is asked only when a report is due. */
  constructor(onProgress: BuildOptions['onProgress'], measure: () => BuildWork) {
    this.#onProgress = onProgress
    this.#measure = measure
    if (onProgress) this.#timer = setInterval(() => this.report(), reportEveryMs).unref()
  }

  /** Reports unless that was done a moment ago. */
  report(): void {
    const nowMs = performance.now()
    if (!this.#onProgress || nowMs - this.#reportedAtMs < reportEveryMs) return
    this.#reportedAtMs = nowMs
    this.#onProgress(this.#describe(this.#measure(), nowMs - this.#startedAtMs))
  }

  /** From now on the build is in this phase, whatever else runs. */
  enterPhase(phase: ReportedPhase): void {
    this.#lastPhase = phase
    this.report()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #describe(work: BuildWork, elapsedMs: number): BuildProgress {
    const remainingMs = estimateRemainingMs(work)
    if (remainingMs !== null) this.#share = Math.max(this.#share, elapsedMs / (elapsedMs + remainingMs))
    const expected = expectedTextBytes(work)
    const doneBytes = remainingMs === null || expected === null ? work.textBytes : this.#share * expected
    return {
      phase: this.#lastPhase ?? phaseOf(work),
      documents: work.documents,
      textBytes: work.textBytes,
      share: this.#share,
      bytesPerSecond: doneBytes / (elapsedMs / 1_000),
      etaMs: remainingMs,
      shardsDone: work.shardsDone,
      shardsPlanned: Math.max(work.shardsBegun, Math.ceil((expected ?? 0) / work.shardBytes)),
    }
  }
}

/** Reading while something is read, else what the shard that is furthest behind is in. */
function phaseOf(work: BuildWork): ReportedPhase {
  if (!work.isReadingDone && !work.isWaiting) return 'read'
  const phases = work.running.map(({ phase }) => phase)
  return (['sort', 'encode'] as const).find((phase) => phases.includes(phase)) ?? 'check'
}
