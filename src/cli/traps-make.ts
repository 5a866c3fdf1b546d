/** `omnigram traps make`: which texts stand nowhere yet, and can be planted? */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { makeTraps } from '../traps/make/make-traps.js'
import { varyTrap } from '../traps/make/vary-traps.js'
import { formatTrap, hashTrap, type Trap } from '../traps/trap.js'
import { prepareFile, writeWhole } from './result-file.js'
import { withIndexes, withTokenizer } from './traps-files.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const registry = textArg(call, 0)
  const [modelFile, tokenizerFile, hashes] = ['model', 'tokenizer', 'hashes'].map((name) => textFlag(flags, name))
  const indexes = (call.args[1] ?? []) as readonly string[]
  if (modelFile === undefined || tokenizerFile === undefined) {
    throw new OmnigramError('bad-argument', 'Name the model and its tokenizer: --model FILE --tokenizer FILE.')
  }
  const lengths = (flags.lengths ?? [25, 50, 100]) as readonly number[]
  const replaced = (flags.variants ?? []) as readonly number[]
  checkVariants(lengths, replaced)
  for (const file of [registry, hashes]) await claimFile(file)
  const { openGgufModel } = await import('../models/gguf-model.js')
  const model = await openGgufModel(modelFile)
  const traps = await withIndexes(call, indexes, (readers) =>
    withTokenizer(tokenizerFile, async (tokenizer) => {
      const made = await makeTraps(model, tokenizer, {
        lengths,
        perLength: numberFlag(flags, 'perLength') ?? 20,
        buckets: numberFlag(flags, 'buckets') ?? 10,
        repetitions: (flags.repetitions ?? [1, 10, 100, 1000]) as readonly number[],
        temperatures: flags.temperatures as readonly number[] | undefined,
        seed: numberFlag(flags, 'seed') ?? 0,
        maxSamples: numberFlag(flags, 'maxSamples') ?? 10_000,
        readers,
        signal,
        onTrap: (count, wanted) => terminal.showProgress(`${formatCount(count)} of ${formatCount(wanted)} sequences`),
      })
      const variants: Trap[] = []
      for (const trap of replaced.length === 0 ? [] : made.filter(({ role }) => role === 'trap')) {
        if (signal.aborted) throw new OmnigramError('cancelled', 'The variants were not made to the end.')
        variants.push(...(await varyTrap(trap, replaced, model, tokenizer, readers)))
        terminal.showProgress(`${formatCount(variants.length)} variants`)
      }
      return [...made, ...variants]
    }),
  )
  terminal.clearProgress()
  await writeWhole(registry, traps.map(formatTrap).join(''))
  const salt = hashes === undefined ? null : randomBytes(16).toString('hex')
  if (hashes !== undefined && salt !== null) {
    const lines = traps.map(({ id, text, role }) => JSON.stringify({ id, role, sha256: hashTrap(text, salt) }))
    await writeWhole(hashes, `${lines.join('\n')}\n`)
  }
  const summary = {
    registry,
    traps: traps.filter((trap) => trap.role === 'trap' && trap.variantOf === undefined).length,
    controls: traps.filter(({ role }) => role === 'control').length,
    variants: traps.filter(({ variantOf }) => variantOf !== undefined).length,
    indexes: indexes.length,
    salt,
  }
  if (terminal.options.isJson) await terminal.writeJson(summary)
  else {
    const { variants, controls } = summary
    await terminal.writeLine(`${summary.traps} traps, ${variants} variants and ${controls} controls in ${registry}`)
    if (salt !== null) await terminal.writeLine(`salt of the published hashes, to be kept private: ${salt}`)
  }
  if (indexes.length === 0) terminal.note('no index was given: whether a trap stands somewhere already was not checked')
  return 0
}

/** Said before the model works, not after. */
function checkVariants(lengths: readonly number[], replaced: readonly number[]): void {
  const [shortest, most] = [Math.min(...lengths), Math.max(0, ...replaced)]
  if (most <= shortest) return
  throw new OmnigramError('bad-argument', `A trap of ${shortest} tokens has no ${most} to replace.`)
}

/** Throws `io-failure` where something is in the file: planted traps are found by their registry alone. */
async function claimFile(path: string | undefined): Promise<void> {
  if (path === undefined) return
  const there = await stat(path).catch(() => null)
  if (there !== null && there.size > 0) {
    throw new OmnigramError('io-failure', `${path} is there already, and is not written over: name a new file.`)
  }
  await prepareFile(path)
}
