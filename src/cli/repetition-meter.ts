/** How far is a scan for repetition, and when will it end? One line, rewritten. */
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import type { RepetitionProgress } from '../repetition/repetition-options.js'

/** Share of the time that each phase begins at; a guess, for the ETA alone. */
const phaseStarts = { sample: 0, grams: 0, spans: 0.65, strings: 0.97 }
const phaseEnds = { sample: 1, grams: 0.65, spans: 0.97, strings: 1 }
const phaseNames = { sample: 'sample', grams: 'repeats', spans: 'spans', strings: 'strings' }

export class RepetitionMeter {
  readonly #startedAtMs = performance.now()

  constructor(
    readonly symbols: 'bytes' | 'tokens',
    /** Of the index. */
    readonly symbolCount: number,
  ) {}

  format({ phase, share }: RepetitionProgress): string {
    const elapsedMs = performance.now() - this.#startedAtMs
    const done = phaseStarts[phase] + (phaseEnds[phase] - phaseStarts[phase]) * Math.min(1, share)
    const rate = (done * this.symbolCount) / (elapsedMs / 1_000)
    const parts = [`${phaseNames[phase].padEnd(7)} ${(100 * done).toFixed(0).padStart(3)} %`]
    if (phase !== 'sample') {
      parts.push(
        this.symbols === 'bytes' ? `${formatBytes(Math.round(rate))}/s` : `${formatCount(Math.round(rate))} tokens/s`,
      )
    }
    if (done > 0.01) parts.push(`ETA ${formatDuration((elapsedMs * (1 - done)) / done)}`)
    return parts.join(' · ')
  }
}
