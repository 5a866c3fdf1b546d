/** `omnigram complete`: how does a model go on with a text, with the index at its side? */
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { completeText } from '../drafting/complete/complete-text.js'
import {
  type CompletionConstraint,
  type CompletionEnd,
  type CompletionEvent,
  type CompletionMode,
  type CompletionOptions,
  completionDefaults,
  type DrafterName,
  type OriginDocument,
  type TokensStep,
  type ToldDraft,
  type ToldToken,
} from '../drafting/complete/completion.js'
import type { SuperposedPreset } from '../drafting/filter/filter-options.js'
import { openGgufModel } from '../models/gguf-model.js'
import type { IndexReader, Symbols } from '../query/index-reader.js'
import { withTokenIndex } from './open-reader.js'
import { readPatternFile } from './read-patterns.js'
import type { Terminal } from './terminal.js'
import { isSet, numberFlag, patternArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const modelFile = textFlag(flags, 'model')
  if (modelFile === undefined) throw new OmnigramError('bad-argument', 'Name the language model: --model FILE.')
  const written = patternArg(call, 1) ?? ''
  return withTokenIndex(call, 'drafting', async (reader) => {
    const options = await readOptions(call, reader)
    const prompt = toTokens((await reader.encode([written]))[0])
    const model = await openGgufModel(modelFile)
    const show = makeShow(terminal, options.mode)
    for await (const event of completeText({ model, reader, prompt, options, signal })) {
      if (terminal.options.isJson) await terminal.writeJson(event)
      else await show(event)
    }
    return 0
  })
}

async function readOptions(call: VerbCall, reader: IndexReader): Promise<CompletionOptions> {
  const { flags } = call
  const resetAfter = numberFlag(flags, 'resetAfter')
  return {
    mode: textFlag(flags, 'mode') as CompletionMode,
    maxTokens: numberFlag(flags, 'tokens') ?? completionDefaults.maxTokens,
    seed: numberFlag(flags, 'seed') ?? completionDefaults.seed,
    preset: textFlag(flags, 'preset') as SuperposedPreset,
    // Commander says `filter: false` for --no-filter.
    isFiltered: flags.filter !== false,
    ...(resetAfter !== undefined && { resetAfter }),
    drafter: textFlag(flags, 'drafter') as DrafterName,
    nodes: numberFlag(flags, 'nodes') ?? completionDefaults.nodes,
    depth: numberFlag(flags, 'depth') ?? completionDefaults.depth,
    temperature: numberFlag(flags, 'temperature') ?? 0,
    topP: numberFlag(flags, 'topP') ?? 1,
    hasOrigins: isSet(flags, 'origins'),
    constraint: await readConstraint(call, reader),
  }
}

async function readConstraint({ flags, signal }: VerbCall, reader: IndexReader): Promise<CompletionConstraint | null> {
  const [within, titlesFile] = [textFlag(flags, 'within'), textFlag(flags, 'titles')]
  const window = numberFlag(flags, 'window')
  if (window !== undefined && within !== 'corpus')
    throw new OmnigramError('bad-argument', '--window needs --within corpus.')
  if (titlesFile === undefined) {
    if (within === undefined) return null
    return within === 'corpus' ? { within, window: window ?? null } : { within: 'documents' }
  }
  if (within !== undefined) throw new OmnigramError('bad-argument', 'Give --within or --titles, not both.')
  const titles = await readPatternFile(titlesFile, signal)
  if (titles.length === 0) throw new OmnigramError('bad-argument', `${titlesFile} holds no title.`)
  return { within: 'titles', titles: (await reader.encode(titles)).map(toTokens) }
}

function toTokens(symbols: Symbols): Uint32Array {
  return symbols instanceof Uint32Array ? symbols : new Uint32Array()
}

/** Drafts are rewritten in place while they grow, and are results when they are whole; a single text is written as it comes. */
function makeShow(terminal: Terminal, mode: CompletionMode): (event: CompletionEvent) => Promise<void> {
  let lines: readonly string[] = []
  return async (event) => {
    if (event.kind === 'drafts') {
      lines = event.drafts.map((draft, at) => `${at + 1}  ${formatDraft(terminal, draft)}`)
      terminal.showLines(lines)
    } else if (event.kind === 'tokens') await writeTokens(terminal, event)
    else if (event.kind === 'end') {
      terminal.showLines([])
      for (const line of lines) await terminal.writeLine(line)
      if (mode !== 'superposed') await terminal.write('\n')
      terminal.note(summarize(event, mode))
    }
  }
}

/** With the perplexity by its own score; the ids, where nothing tells what they say. */
function formatDraft(terminal: Terminal, { text, ids, score }: ToldDraft): string {
  const perplexity = `(${Math.exp(-score / Math.max(1, ids.length)).toPrecision(3)})`
  return `${terminal.style('dim', perplexity)} ${text === '' ? ids.join(' ') : terminal.showText(text)}`
}

/** What the model went along with stands out from what it added of its own. */
async function writeTokens(terminal: Terminal, { tokens, text, origin }: TokensStep): Promise<void> {
  const accepted = tokens.filter(({ isAccepted }) => isAccepted)
  const said = (told: readonly ToldToken[]) => told.map((token) => token.text ?? '').join('')
  const isSplit = said(tokens) === text && accepted.length > 0
  const own = isSplit ? text.slice(said(accepted).length) : text
  await terminal.write(isSplit ? terminal.style('green', terminal.showDocument(said(accepted))) : '')
  await terminal.write(terminal.showDocument(own))
  if (origin === null) return
  const { from, drafter, matchTokens, count, document, textOffset } = origin
  const place =
    document !== null && count !== null
      ? `${matchTokens} tokens stand ${count === 1 ? 'once' : `${formatCount(count)} times`} in the corpus, as in ${nameDocument(document)}`
      : textOffset !== null
        ? `as in the text itself, from token ${textOffset} on`
        : `from the ${from}`
  terminal.note(`${JSON.stringify(said(accepted))}: ${place} (${drafter})`)
}

function nameDocument({ externalId, document, startOffset }: OriginDocument): string {
  return `${externalId ?? `document ${document}`} at token ${startOffset}`
}

function summarize({ ids, passes, drafted, accepted, tookMs }: CompletionEnd, mode: CompletionMode): string {
  const drafts = mode === 'speculative' ? `, ${accepted} of ${drafted} drafted tokens accepted` : ''
  return `${ids.length} tokens in ${passes} passes${drafts}, ${(tookMs / Math.max(1, ids.length)).toFixed(1)} ms a token`
}
