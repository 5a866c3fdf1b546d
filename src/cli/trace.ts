/** `omnigram trace`: which parts of a text stand in the corpus word for word? */
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { type TextTrace, type TracedSpan, traceText } from '../query/tracing/trace-text.js'
import { isServerAddress, openFiles } from './open-reader.js'
import { readText } from './read-text.js'
import { isSet, numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  const text = await readText(textArg(call, 1), signal)
  const target = textArg(call, 0)
  if (isServerAddress(target)) {
    throw new OmnigramError('bad-argument', `A text is traced where the index is: ${target} is a server's address.`)
  }
  const reader = await openFiles(target, { workers: 0 }, call)
  try {
    const trace = await traceText(reader, text, {
      isAll: isSet(flags, 'all'),
      documentsPerSpan: numberFlag(flags, 'documentsPerSpan'),
      seed: numberFlag(flags, 'seed'),
      signal,
    })
    if (terminal.options.isJson) await terminal.writeJson(describeTrace(trace))
    else await writeTrace(call, trace)
    return 0
  } finally {
    await reader.close()
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

async function writeTrace({ terminal }: VerbCall, { spans, coverage }: TextTrace): Promise<void> {
  terminal.note(`${formatCount(spans.length)} spans cover ${(100 * coverage).toFixed(1)} % of the text`)
  for (const span of spans) {
    await terminal.writeLine(`${formatCount(span.count).padStart(15)}  ${terminal.showText(span.text)}`)
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
