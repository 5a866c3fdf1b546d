/** `omnigram search`: where does a pattern occur? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Pattern } from '../core/pattern.js'
import { formatCount } from '../core/units.js'
import type { Match, Occurrence, PageOptions, Snippet } from '../query/index-reader.js'
import { readMatching } from './count.js'
import { formatDocument } from './doc.js'
import { noteLastPage, noteNextPage } from './next-page.js'
import { withReader } from './open-reader.js'
import { ResultFile } from './result-file.js'
import { searchDocuments } from './search-documents.js'
import { showFacets } from './search-facets.js'
import { type PartialState, readPartial, type SearchTarget } from './search-target.js'
import type { WriteLine } from './terminal.js'
import { type Flags, isSet, listFlag, numberFlag, patternArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const pattern = patternArg(call, 1)
  if (pattern === undefined && !isDocumentQuery(flags)) {
    throw new OmnigramError('bad-argument', 'Give a pattern, or --all, --any and --none.')
  }
  await withReader(call, async (reader) => {
    const path = textFlag(flags, 'output')
    if (path === undefined) return search(reader, call, pattern, (line) => terminal.writeLine(line))
    const file = await ResultFile.create(path)
    try {
      const plainCall = { ...call, terminal: terminal.withoutColour() }
      await search(reader, plainCall, pattern, (line) => file.writeLine(line))
    } finally {
      await file.close()
    }
  })
  return 0
}

function isDocumentQuery(flags: Flags): boolean {
  return ['all', 'any', 'none'].some((name) => listFlag(flags, name).length > 0)
}

async function search(
  reader: SearchTarget,
  call: VerbCall,
  pattern: Pattern | undefined,
  writeLine: WriteLine,
): Promise<void> {
  const { flags, signal, terminal } = call
  if (isDocumentQuery(flags)) return searchDocuments(reader, call, pattern, writeLine)
  const match = await reader.find(pattern ?? '', { matching: readMatching(flags), signal })
  await noteTotals(reader, match, call)
  const field = textFlag(flags, 'facet')
  if (field !== undefined) return showFacets(reader, match, field, call, writeLine)
  for await (const occurrence of readOccurrences(reader, match, call)) {
    await writeLine(
      terminal.options.isJson ? formatJson(occurrence, readPartial(reader)) : formatLine(occurrence, call),
    )
  }
}

async function noteTotals(reader: SearchTarget, match: Match, call: VerbCall): Promise<void> {
  if (call.terminal.options.isQuiet || call.terminal.options.isJson) return
  const documents = await reader.countDocuments(match, { signal: call.signal, exact: isSet(call.flags, 'exact') })
  const [bound, about] = readPartial(reader) ? ['≥ ', '≥ '] : ['', documents.isExact ? '' : 'about ']
  call.terminal.note(
    `${bound}${formatCount(match.count)} occurrences in ${about}${formatCount(documents.count)} documents`,
  )
}

/** Pages through the match until `--limit`; the next position is noted at the end. */
async function* readOccurrences(reader: SearchTarget, match: Match, call: VerbCall): AsyncGenerator<Occurrence> {
  const { flags, signal } = call
  const sample = numberFlag(flags, 'sample')
  const context = numberFlag(flags, 'context') ?? 60
  const by = isSet(flags, 'docs') ? 'document' : (textFlag(flags, 'by') as PageOptions['by'])
  let left = sample ?? numberFlag(flags, 'limit') ?? 10
  // A sample has no position, not even the first.
  let position = numberFlag(flags, 'from') ?? (sample === undefined ? 0 : undefined)
  while (left > 0) {
    const page = await reader.documents(match, {
      limit: Math.min(left, limits.pageSize),
      position,
      by,
      context,
      signal,
      ...(sample === undefined ? {} : { sampleSeed: numberFlag(flags, 'seed') ?? 0 }),
    })
    yield* page.occurrences
    left -= page.occurrences.length
    if (sample !== undefined) return
    if (page.nextPosition === null) return noteLastPage(reader, call, left)
    position = page.nextPosition
  }
  if (position !== undefined) noteNextPage(call, position)
}

function formatJson(occurrence: Occurrence, partial: PartialState | null): string {
  const { snippet: found, startOffset, endOffset, countInDocument } = occurrence
  const { tokens, ...shown } = found
  const snippet = { ...shown, ...(tokens && { ids: [...tokens] }) }
  return formatDocument(occurrence.document, {
    startOffset,
    endOffset,
    countInDocument,
    snippet,
    partial: partial ?? undefined,
  })
}

/** `document:offset: text with the match marked`. */
function formatLine(
  { document, startOffset, endOffset, snippet, countInDocument }: Occurrence,
  { terminal }: VerbCall,
): string {
  const name = document.externalId === null ? String(document.document) : terminal.showText(document.externalId)
  const place = terminal.style('cyan', `${name}:${startOffset}`)
  const times = countInDocument === undefined ? '' : terminal.style('dim', ` (${formatCount(countInDocument)})`)
  const [textBefore, textMatch, textAfter] = cutAtMatch(snippet, startOffset, endOffset)
  const before = terminal.showText(textBefore)
  const match = terminal.style('match', terminal.showText(textMatch))
  const after = terminal.showText(textAfter)
  return `${place}${times}: ${snippet.isCutBefore ? '…' : ''}${before}${match}${after}${snippet.isCutAfter ? '…' : ''}`
}

/** What comes before the match, the match, what comes after: text, or token ids where nothing tells what they say. */
function cutAtMatch(snippet: Snippet, startOffset: number, endOffset: number): readonly [string, string, string] {
  const { text, tokens = new Uint32Array(), matchStart, matchEnd, startOffset: from } = snippet
  if (text !== null) return [text.slice(0, matchStart), text.slice(matchStart, matchEnd), text.slice(matchEnd)]
  const list = (start: number, end?: number) => [...tokens.subarray(start, end)].join(' ')
  const [before, match, after] = [
    list(0, startOffset - from),
    list(startOffset - from, endOffset - from),
    list(endOffset - from),
  ]
  return [before === '' ? '' : `${before} `, match, after === '' ? '' : ` ${after}`]
}
