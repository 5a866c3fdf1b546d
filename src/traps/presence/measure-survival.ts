/** Which traps are left after a corpus was cleaned, and which would exact-substring deduplication take? */
import type { IndexReader } from '../../query/index-reader.js'
import type { Trap } from '../trap.js'
import { countTraps } from './measure-presence.js'

export interface TrapSurvival {
  readonly trap: string
  /** Tokens of the trap. */
  readonly length: number
  readonly repetitions: number
  readonly before: number
  readonly after: number
  /** Copies that exact-substring deduplication of the corpus before would leave. */
  readonly predicted: number
}

export interface SurvivalRate {
  readonly length: number
  readonly repetitions: number
  readonly traps: number
  /** Traps that stood in the corpus before, and of these those that stand in it after. */
  readonly present: number
  readonly surviving: number
  readonly copiesBefore: number
  readonly copiesAfter: number
  readonly copiesPredicted: number
}

export interface SurvivalOptions {
  /** Strings of so many bytes that occur twice are removed. */
  readonly substringBytes: number
  /** Whether the first copy of a repeated string stays. */
  readonly keepsFirst: boolean
  readonly signal?: AbortSignal
}

/**
 * Copies left by exact-substring deduplication (Lee et al. 2022, arXiv:2107.06499): a trap of `substringBytes` or more that stands twice
 * loses all its copies, or all but one. Pieces that a trap shares with something else are not looked at: a trap is made to have none.
 */
export function predictCopies(trapBytes: number, copies: number, options: SurvivalOptions): number {
  if (copies < 2 || trapBytes < options.substringBytes) return copies
  return options.keepsFirst ? 1 : 0
}

/** Controls are left out. O(bytes of the traps) searches. */
export async function measureSurvival(
  before: IndexReader,
  after: IndexReader,
  traps: readonly Trap[],
  options: SurvivalOptions,
): Promise<TrapSurvival[]> {
  const planted = traps.filter(({ role }) => role === 'trap')
  const counts = await countTraps(before, planted, options.signal)
  const countsAfter = await countTraps(after, planted, options.signal)
  return planted.map(({ id, text, tokens, repetitions }, at) => ({
    trap: id,
    length: tokens.length,
    repetitions,
    before: counts[at] ?? 0,
    after: countsAfter[at] ?? 0,
    predicted: predictCopies(Buffer.byteLength(text), counts[at] ?? 0, options),
  }))
}

/** By length and repetitions, ascending. */
export function summarizeSurvival(rows: readonly TrapSurvival[]): SurvivalRate[] {
  const cells = new Map<string, TrapSurvival[]>()
  for (const row of rows) {
    const name = `${row.length}/${row.repetitions}`
    cells.set(name, [...(cells.get(name) ?? []), row])
  }
  const sum = (cell: readonly TrapSurvival[], name: 'before' | 'after' | 'predicted') =>
    cell.reduce((total, row) => total + row[name], 0)
  return [...cells.values()]
    .map((cell) => ({
      length: cell[0]?.length ?? 0,
      repetitions: cell[0]?.repetitions ?? 0,
      traps: cell.length,
      present: cell.filter((row) => row.before > 0).length,
      surviving: cell.filter((row) => row.before > 0 && row.after > 0).length,
      copiesBefore: sum(cell, 'before'),
      copiesAfter: sum(cell, 'after'),
      copiesPredicted: sum(cell, 'predicted'),
    }))
    .sort((a, b) => a.length - b.length || a.repetitions - b.repetitions)
}
