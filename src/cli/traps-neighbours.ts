/** `omnigram traps neighbours`: do these indexes hold near copies of the traps? */
import { formatCount } from '../core/units.js'
import { findNeighbours } from '../traps/presence/find-neighbours.js'
import { readRegistryFile, showTraps, withIndexes } from './traps-files.js'
import { listArg, numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const traps = await readRegistryFile(textArg(call, 0))
  const replaced = numberFlag(flags, 'replaced') ?? 4
  const onTrap = showTraps(terminal)
  const rows = await withIndexes(call, listArg(call, 1), (readers) =>
    findNeighbours(readers, traps, { replaced, signal, onTrap }),
  )
  terminal.clearProgress()
  for (const row of rows) {
    if (terminal.options.isJson) {
      await terminal.writeJson(row)
      continue
    }
    const distances = row.histogram.map(({ distance, count }) => `${formatCount(count)} at ${distance}`).join(', ')
    const rest = row.isComplete ? '' : ' (may be more)'
    await terminal.writeLine(
      `${formatCount(row.neighbours.length).padStart(8)}${rest}\t${row.trap}\t${row.index}\t${distances}`,
    )
  }
  return 0
}
