/** `omnigram trace`: which parts of a text stand in the corpus word for word? */
import { formatCount } from '../core/units.js'
import { type TextTrace, type TracedSpan, traceText } from '../query/tracing/trace-text.js'
import { withReader } from './open-reader.js'
import { readText } from './read-text.js'
import { type PartialState, readPartial } from './search-target.js'
import { isSet, numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  const text = await readText(textArg(call, 1), signal)
  const options = {
    isAll: isSet(flags, 'all'),
    documentsPerSpan: numberFlag(flags, 'documentsPerSpan'),
    seed: numberFlag(flags, 'seed'),
    signal,
  }
  const { trace, partial } = await withReader(call, async (reader) => {
    const found = 'manifest' in reader ? traceText(reader, text, options) : reader.traceText(text, options)
    return { trace: await found, partial: readPartial(reader) }
  })
  if (terminal.options.isJson) await terminal.writeJson(partial ? boundTrace(trace, partial) : describeTrace(trace))
  else await writeTrace(call, trace, partial !== null)
  return 0
}

/** No number that could be taken for a whole one; the missing shards have a say in what is covered. */
function boundTrace(trace: TextTrace, partial: PartialState) {
  const { spans, symbols } = describeTrace(trace)
  return {
    spans: spans.map(({ count: countLowerBound, ...span }) => ({ ...span, countLowerBound })),
    symbols,
    exact: false,
    partial,
  }
}

/** The form of `--json`: offsets in bytes of the text, in a token index in its tokens. */
function describeTrace({ spans, coverage, symbolCount }: TextTrace) {
  return {
    spans: spans.map(({ startOffset, endOffset, count, text, relevance: best, documents }) => ({
      start: startOffset,
      end: endOffset,
      count,
      text,
      relevance: best,
      documents: documents.map(({ occurrence, relevance }) => ({
        document: occurrence.document.document,
        externalId: occurrence.document.externalId,
        start: occurrence.startOffset,
        end: occurrence.endOffset,
        relevance: relevance.level,
        snippet: occurrence.snippet.text,
      })),
    })),
    coverage,
    symbols: symbolCount,
  }
}

async function writeTrace({ terminal }: VerbCall, { spans, coverage }: TextTrace, isPartial: boolean): Promise<void> {
  const bound = isPartial ? '≥ ' : ''
  const covering = isPartial ? '' : ` cover ${(100 * coverage).toFixed(1)} % of the text`
  terminal.note(`${formatCount(spans.length)} spans${covering}`)
  for (const span of spans) {
    await terminal.writeLine(`${`${bound}${formatCount(span.count)}`.padStart(15)}  ${terminal.showText(span.text)}`)
    for (const line of nameDocuments(span)) await terminal.writeLine(`${' '.repeat(17)}${terminal.style('dim', line)}`)
  }
}

/** Each document once, the most relevant first. */
function nameDocuments({ documents }: TracedSpan): string[] {
  const ranked = [...documents].sort((a, b) => b.relevance.score - a.relevance.score)
  const names = ranked.map(({ occurrence: { document }, relevance }) => {
    const name = document.externalId ?? `document ${document.document}`
    return `${name} (${relevance.level} relevance)`
  })
  return [...new Set(names)]
}
