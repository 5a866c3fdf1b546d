/** `omnigram traps presence`: do these indexes hold the traps, as often as planned? */
import { formatCount } from '../core/units.js'
import { measurePresence } from '../traps/presence/measure-presence.js'
import { readRegistryFile, showTraps, withIndexes } from './traps-files.js'
import { isSet, listArg, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const traps = await readRegistryFile(textArg(call, 0))
  const options = { isLeakWatch: isSet(flags, 'leaks'), signal, onTrap: showTraps(terminal) }
  const rows = await withIndexes(call, listArg(call, 1), (readers) => measurePresence(readers, traps, options))
  terminal.clearProgress()
  for (const row of rows) {
    if (terminal.options.isJson) await terminal.writeJson(row)
    else {
      const numbers = [row.planned, row.found, row.documentCount].map((number) => formatCount(number).padStart(8))
      await terminal.writeLine(
        `${numbers.join('')}  ${row.isAsPlanned ? 'as planned' : 'not as planned'}\t${row.trap}\t${row.index}`,
      )
    }
  }
  const others = rows.filter(({ isAsPlanned }) => !isAsPlanned).length
  terminal.note(`planned, found, documents: ${formatCount(others)} of ${formatCount(rows.length)} are not as planned`)
  return others > 0 && isSet(flags, 'failUnplanned') ? 1 : 0
}
