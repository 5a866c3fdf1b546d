/** `omnigram traps inject`: which documents take the traps? */
import { join } from 'node:path'
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { injectFiles, planFiles } from '../traps/injection/inject-traps.js'
import { injectionLogName } from '../traps/injection/injection-log.js'
import type { InjectionEdge } from '../traps/injection/splice-traps.js'
import { readRegistryFile } from './traps-files.js'
import { isSet, listArg, numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const folder = textFlag(flags, 'output')
  const isDry = isSet(flags, 'dryRun')
  if (folder === undefined && !isDry) throw new OmnigramError('bad-argument', 'Name the folder: -o DIR, or --dry-run.')
  const traps = await readRegistryFile(textArg(call, 0))
  const inputs = listArg(call, 1)
  const options = {
    edge: (textFlag(flags, 'edge') ?? 'published') as InjectionEdge,
    textField: textFlag(flags, 'textField') ?? 'text',
    minWords: numberFlag(flags, 'minWords') ?? 1,
    seed: numberFlag(flags, 'seed') ?? 0,
    signal,
  }
  const plan = await planFiles(inputs, traps, options)
  if (folder !== undefined && !isDry) await injectFiles(inputs, plan, folder, options)
  const copies = plan.reduce((sum, { edges }) => sum + edges.length, 0)
  if (terminal.options.isJson) {
    await terminal.writeJson({
      traps: plan.length,
      copies,
      log: folder === undefined || isDry ? null : join(folder, injectionLogName),
      documents: plan.map(({ trap, site, edges }) => ({
        trap: trap.id,
        file: inputs[site.file],
        line: site.line,
        repetitions: edges.length,
      })),
    })
    return 0
  }
  for (const { trap, site, edges } of plan) {
    await terminal.writeLine(`${formatCount(edges.length).padStart(6)}\t${trap.id}\t${inputs[site.file]}:${site.line}`)
  }
  terminal.note(`${formatCount(copies)} copies of ${formatCount(plan.length)} traps${isDry ? ', nothing written' : ''}`)
  return 0
}
