/** `omnigram count`: how often does each pattern occur? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Matching } from '../core/pattern.js'
import { formatCount } from '../core/units.js'
import { withReader } from './open-reader.js'
import { readPatternFile } from './read-patterns.js'
import type { SearchTarget } from './search-target.js'
import { type Flags, isSet, listArg, numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

interface CountLine {
  readonly pattern: string
  readonly count: number
  readonly documents?: {
    readonly count: number
    readonly exact: boolean
    readonly lowerBound: number
    readonly interval: readonly [number, number]
  }
}

export function readMatching(flags: Flags): Matching {
  return { ignoreCase: isSet(flags, 'ignoreCase'), flexibleSpace: isSet(flags, 'flexibleSpace') }
}

async function countDocuments(reader: SearchTarget, pattern: string, call: VerbCall): Promise<CountLine['documents']> {
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
  if (terminal.options.isJson) return terminal.writeJson(line)
  const documents = line.documents
    ? `\t${line.documents.exact ? '' : '~'}${formatCount(line.documents.count)} documents`
    : ''
  const count = terminal.style('bold', formatCount(line.count).padStart(15))
  return terminal.writeLine(`${count}${documents}\t${terminal.showText(line.pattern)}`)
}

/** At most so many patterns and, as UTF-8 has up to three bytes a unit, so much text as fits a request to a server. */
function* cutBatches(patterns: readonly string[]): Generator<readonly string[]> {
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

export async function run(call: VerbCall): Promise<number> {
  const file = textFlag(call.flags, 'fromFile')
  const patterns = [...listArg(call, 1), ...(file === undefined ? [] : await readPatternFile(file, call.signal))]
  if (patterns.length === 0) {
    throw new OmnigramError('bad-argument', 'Give at least one pattern, or --from-file FILE.')
  }
  let hasAbsent = false
  await withReader(textArg(call, 0), async (reader) => {
    for (const batch of cutBatches(patterns)) {
      const results = await reader.count(batch, { matching: readMatching(call.flags), signal: call.signal })
      for (const [at, { count }] of results.entries()) {
        hasAbsent ||= count === 0
        const documents = isSet(call.flags, 'docs') ? await countDocuments(reader, batch[at], call) : undefined
        await writeLine(call, { pattern: batch[at], count, documents })
      }
    }
  })
  return hasAbsent && isSet(call.flags, 'failAbsent') ? 1 : 0
}
