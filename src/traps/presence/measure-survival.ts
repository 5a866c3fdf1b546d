/** Which traps are left after a corpus was cleaned, and which would the cleaning take? */
import type { IndexReader } from '../../query/index-reader.js'
import type { Trap } from '../trap.js'
import { countTraps } from './measure-presence.js'
import { type Cleaning, checkCleaning, predictCopies } from './predict-survival.js'

export interface TrapSurvival {
  readonly trap: string
  /** Tokens of the trap. */
  readonly length: number
  readonly repetitions: number
  readonly before: number
  readonly after: number
  /** Copies that the cleaning would leave of the corpus before. */
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

export interface SurvivalOptions extends Cleaning {
  readonly signal?: AbortSignal
  readonly onTrap?: (done: number, traps: number) => void
}

/** Controls are left out. A search a trap and index, and what {@link predictCopies} takes. */
export async function measureSurvival(
  before: IndexReader,
  after: IndexReader,
  traps: readonly Trap[],
  options: SurvivalOptions,
): Promise<TrapSurvival[]> {
  checkCleaning(before, options)
  const planted = traps.filter(({ role }) => role === 'trap')
  const counts = await countTraps(before, planted, options.signal)
  const countsAfter = await countTraps(after, planted, options.signal)
  const rows: TrapSurvival[] = []
  for (const [at, { id, text, tokens, repetitions }] of planted.entries()) {
    const copies = counts[at] ?? 0
    const predicted = await predictCopies(before, text, copies, options, options.signal)
    rows.push({ trap: id, length: tokens.length, repetitions, before: copies, after: countsAfter[at] ?? 0, predicted })
    options.onTrap?.(rows.length, planted.length)
  }
  return rows
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
