/** `omnigram traps survival`: which traps are left after a corpus was cleaned? */
import { formatCount } from '../core/units.js'
import { measureSurvival, summarizeSurvival } from '../traps/presence/measure-survival.js'
import type { Cleaning } from '../traps/presence/predict-survival.js'
import { readRegistryFile, showTraps, withIndexes } from './traps-files.js'
import { isSet, numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const traps = await readRegistryFile(textArg(call, 0))
  const [before, after] = [textArg(call, 1), textArg(call, 2)]
  const cleaning: Cleaning = {
    method: (textFlag(flags, 'method') ?? 'substring') as Cleaning['method'],
    substringBytes: numberFlag(flags, 'length') ?? 100,
    keepsFirst: isSet(flags, 'keepFirst'),
  }
  const show = showTraps(terminal)
  const onTrap = (done: number, of: number) => show(before, done, of)
  const rows = await withIndexes(call, [before, after], ([uncleaned, cleaned]) =>
    measureSurvival(uncleaned, cleaned, traps, { ...cleaning, signal, onTrap }),
  )
  terminal.clearProgress()
  const rates = summarizeSurvival(rows)
  if (terminal.options.isJson) {
    await terminal.writeJson({ ...cleaning, rates, traps: rows })
    return 0
  }
  await terminal.writeLine('tokens  repetitions  traps  surviving  copies before  after  predicted')
  for (const rate of rates) {
    const { length, repetitions, traps: count, surviving, copiesBefore, copiesAfter, copiesPredicted } = rate
    const widths = [6, 13, 7, 11, 15, 7, 11]
    const cells = [length, repetitions, count, surviving, copiesBefore, copiesAfter, copiesPredicted]
    await terminal.writeLine(cells.map((cell, at) => formatCount(cell).padStart(widths[at] ?? 0)).join(''))
  }
  return 0
}
