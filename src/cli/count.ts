/** `omnigram count`: how often does each pattern occur? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Matching, Pattern, SymbolKind } from '../core/pattern.js'
import { formatCount } from '../core/units.js'
import type { DocumentCountResult } from '../query/index-reader.js'
import { withReader } from './open-reader.js'
import { readIdsFile, readPatternFile } from './read-patterns.js'
import { type PartialState, readPartial, readSymbols, type SearchTarget } from './search-target.js'
import { type Flags, isSet, numberFlag, textFlag, type VerbCall } from './verb.js'

interface CountLine {
  /** Absent where ids were asked for. */
  readonly pattern?: string
  /** In a token index: what was searched. */
  readonly ids?: readonly number[]
  readonly count: number
  readonly documents?: Partial<Pick<DocumentCountResult, 'lowerBound' | 'interval'>> & {
    readonly count: number
    readonly exact: boolean
  }
  /** Of an answer that lacks shards: the counts are lower bounds. */
  readonly partial?: PartialState
}

export function readMatching(flags: Flags): Matching {
  return { ignoreCase: isSet(flags, 'ignoreCase'), flexibleSpace: isSet(flags, 'flexibleSpace') }
}

async function countDocuments(reader: SearchTarget, pattern: Pattern, call: VerbCall): Promise<CountLine['documents']> {
  const match = await reader.find(pattern, { matching: readMatching(call.flags), signal: call.signal })
  const documents = await reader.countDocuments(match, {
    exact: isSet(call.flags, 'exact'),
    seed: numberFlag(call.flags, 'seed'),
    signal: call.signal,
  })
  const { isExact, count, lowerBound, interval } = documents
  return { count, exact: isExact, lowerBound, interval }
}

async function writeLine(call: VerbCall, line: CountLine): Promise<void> {
  const { terminal } = call
  if (terminal.options.isJson) return terminal.writeJson(line.partial ? boundLine(line) : line)
  const documents = line.documents
    ? `\t${line.partial ? '≥ ' : line.documents.exact ? '' : '~'}${formatCount(line.documents.count)} documents`
    : ''
  const shown = `${line.partial ? '≥ ' : ''}${formatCount(line.count)}`
  const count = terminal.style('bold', shown.padStart(15))
  const name = line.pattern === undefined ? (line.ids ?? []).join() : terminal.showText(line.pattern)
  return terminal.writeLine(`${count}${documents}\t${name}`)
}

/** Nothing in it is called a count that is none. */
function boundLine({ count, documents, partial, ...line }: CountLine) {
  return {
    ...line,
    countLowerBound: count,
    ...(documents && { documents: { countLowerBound: documents.count, exact: false } }),
    partial,
  }
}

/** At most so many patterns and, as UTF-8 has up to three bytes a unit, so much text as fits a request to a server. */
function* cutBatches(patterns: readonly Pattern[]): Generator<readonly Pattern[]> {
  let start = 0
  let units = 0
  for (const [at, pattern] of patterns.entries()) {
    const isFull = at - start === limits.patternsPerRequest || units + pattern.length > limits.bodyBytes / 4
    if (at > start && isFull) {
      yield patterns.slice(start, at)
      start = at
      units = 0
    }
    units += pattern.length
  }
  yield patterns.slice(start)
}

async function readPatterns({ args, flags, signal }: VerbCall): Promise<Pattern[]> {
  const [file, idsFile] = [textFlag(flags, 'fromFile'), textFlag(flags, 'idsFile')]
  const patterns: Pattern[] = [
    ...((args[1] ?? []) as readonly string[]),
    ...((flags.ids ?? []) as readonly Uint32Array[]),
    ...(file === undefined ? [] : await readPatternFile(file, signal)),
    ...(idsFile === undefined ? [] : await readIdsFile(idsFile, signal)),
  ]
  if (patterns.length > 0) return patterns
  throw new OmnigramError('bad-argument', 'Give at least one pattern, --ids IDS, --from-file FILE or --ids-file FILE.')
}

/** What was asked for; of text in a token index also the ids that it was searched by. */
async function namePatterns(
  reader: SearchTarget,
  patterns: readonly Pattern[],
  symbols: SymbolKind,
): Promise<Pick<CountLine, 'pattern' | 'ids'>[]> {
  const searched = symbols === 'tokens' ? await reader.encode(patterns) : []
  return patterns.map((pattern, at) => {
    const ids = searched[at] ?? (typeof pattern === 'string' ? undefined : pattern)
    return { ...(typeof pattern === 'string' && { pattern }), ...(ids && { ids: [...ids] }) }
  })
}

export async function run(call: VerbCall): Promise<number> {
  const patterns = await readPatterns(call)
  let hasAbsent = false
  await withReader(call, async (reader) => {
    const symbols = await readSymbols(reader)
    for (const batch of cutBatches(patterns)) {
      const names = await namePatterns(reader, batch, symbols)
      const results = await reader.count(batch, { matching: readMatching(call.flags), signal: call.signal })
      for (const [at, { count }] of results.entries()) {
        hasAbsent ||= count === 0
        if (count === 0 && isSet(call.flags, 'failAbsent') && readPartial(reader)) {
          throw new OmnigramError(
            'incomplete-answer',
            'Whether a pattern is absent, shards that are missing cannot say.',
          )
        }
        const documents = isSet(call.flags, 'docs') ? await countDocuments(reader, batch[at], call) : undefined
        const partial = readPartial(reader) ?? undefined
        await writeLine(call, { ...names[at], count, documents, ...(partial && { partial }) })
      }
    }
  })
  return hasAbsent && isSet(call.flags, 'failAbsent') ? 1 : 0
}
