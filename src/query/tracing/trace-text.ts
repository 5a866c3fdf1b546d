/**
 * Which parts of a text stand in an index word for word, and which of them say most? OLMoTrace over exact counts (Liu et al. 2025,
 * arXiv:2504.07096).
 *
 * Departures: a text index counts words where OLMoTrace counts tokens, both for how rare a span is and for how many are shown; a span's
 * probability is the product of its words' shares of the index's bytes.
 */
import { limits } from '../../core/limits.js'
import type { CallOptions, IndexReader, Occurrence, Span, Symbols } from '../index-reader.js'
import { chooseRarest, countShownSpans, cutToWords, measureCoverage, type SpanPlace } from './choose-spans.js'
import { type Relevance, type RelevanceLevel, rateDocuments, relevanceLevels } from './rate-documents.js'
import { findTokenEdges, findWordEdges, type SpanEdges } from './word-edges.js'

export interface TraceTextOptions extends CallOptions {
  /** Every maximal span, down to single bytes, and none trimmed to words. */
  readonly isAll?: boolean
  /** Occurrences of each span that are shown, chosen by the seed: 0..10. Default: 10. */
  readonly documentsPerSpan?: number
  readonly seed?: number
  /** What the text answers: counted with it when documents are rated. */
  readonly prompt?: string
}

export interface TracedDocument {
  readonly occurrence: Occurrence
  /** Of all that was found of the document, over all spans. */
  readonly relevance: Relevance
}

export interface TracedSpan extends Span {
  readonly text: string
  /** In UTF-16 units of {@link TextTrace.text}. */
  readonly startUtf16Offset: number
  readonly endUtf16Offset: number
  readonly documents: readonly TracedDocument[]
  /** That of the most relevant document; null without one. */
  readonly relevance: RelevanceLevel | null
}

export interface TextTrace {
  /** In the order of the text. Offsets are in bytes of its UTF-8; in a token index in its tokens. */
  readonly spans: readonly TracedSpan[]
  /** Share of the text's symbols that lie in a span. */
  readonly coverage: number
  /** Bytes, or tokens, of the text. */
  readonly symbolCount: number
  /** What was traced: the text, in a token index as its tokens say it. */
  readonly text: string
}

/** Characters of a document around a span, by which it is rated. */
const contextCharacters = 400
/** Logarithm of the share of a word that the index does not hold. */
const unseenLogProbability = -10_000

/** Spans whose occurrences are read at the same time. */
const spansAtOnce = 8

/** A text and what its symbols are. */
interface ReadText {
  readonly text: string
  readonly symbolCount: number
  readonly edges: SpanEdges
  /** By symbol: logarithm of the share of the word that begins there; 0 inside a word. */
  readonly logProbabilities: Float64Array
  /** Words, or tokens. */
  readonly words: number
  /** UTF-16 offsets in `text`, by offset in symbols: of those that are asked for. */
  readonly toUtf16: (offsets: readonly number[]) => Promise<readonly number[]>
}

/** One longest-match pass over the text, then a count a span and a page of occurrences a span that is shown. */
export async function traceText(reader: IndexReader, text: string, options: TraceTextOptions = {}): Promise<TextTrace> {
  const { isAll = false, documentsPerSpan = 10, seed = 42, prompt = '', signal, deadlineMs } = options
  const call = { signal, deadlineMs }
  const maximal = await reader.trace(text, { ...call, edges: 'byte' })
  const isOfTokens = reader.manifest.symbols === 'tokens'
  const read = isOfTokens ? await readTokens(reader, text) : await readBytes(reader, text, isAll, call)
  const [symbols] = await reader.encode([text])
  const spans = isAll ? maximal : await chooseSpans(reader, maximal, read, symbols, call)
  const isShown = !isAll && documentsPerSpan > 0
  const occurrences: (readonly Occurrence[])[] = []
  for (let at = 0; isShown && at < spans.length; at += spansAtOnce) {
    const some = spans.slice(at, at + spansAtOnce)
    occurrences.push(...(await Promise.all(some.map((span) => sample(span)))))
  }
  const rate = rateTogether(occurrences.flat(), `${prompt} ${text}`, Array.from(text).length)
  const edges = await read.toUtf16(spans.flatMap(({ startOffset, endOffset }) => [startOffset, endOffset]))
  const traced = spans.map((span, at): TracedSpan => {
    const [startUtf16Offset, endUtf16Offset] = [edges[2 * at], edges[2 * at + 1]]
    const documents = (occurrences[at] ?? []).map((occurrence) => ({ occurrence, relevance: rate(occurrence) }))
    const relevance = relevanceLevels.find((level) => documents.some((document) => document.relevance.level === level))
    return {
      ...span,
      text: read.text.slice(startUtf16Offset, endUtf16Offset),
      startUtf16Offset,
      endUtf16Offset,
      documents,
      relevance: relevance ?? null,
    }
  })
  const { symbolCount } = read
  return { spans: traced, coverage: measureCoverage(spans, symbolCount), symbolCount, text: read.text }

  async function sample({ startOffset, endOffset }: SpanPlace): Promise<readonly Occurrence[]> {
    const match = await reader.find(symbols.slice(startOffset, endOffset), call)
    const page = {
      ...call,
      by: 'occurrence',
      limit: documentsPerSpan,
      context: contextCharacters,
      sampleSeed: seed,
    } as const
    return (await reader.documents(match, page)).occurrences
  }
}

/** The relevance of the documents of all spans, what was found of a document taken together. */
function rateTogether(
  occurrences: readonly Occurrence[],
  query: string,
  responseCharacters: number,
): (occurrence: Occurrence) => Relevance {
  const nameOf = ({ document }: Occurrence) => `${document.index} ${document.document}`
  const texts = new Map<string, Set<string>>()
  for (const occurrence of occurrences) {
    const name = nameOf(occurrence)
    texts.set(name, (texts.get(name) ?? new Set()).add(occurrence.snippet.text ?? ''))
  }
  const rated = rateDocuments(
    query,
    responseCharacters,
    [...texts.values()].map((parts) => [...parts].join(' ')),
  )
  const byName = new Map([...texts.keys()].map((name, at) => [name, rated[at]]))
  return (occurrence) => byName.get(nameOf(occurrence)) ?? { score: 0, level: 'low' }
}

async function chooseSpans(
  reader: IndexReader,
  maximal: readonly Span[],
  read: ReadText,
  symbols: Symbols,
  call: CallOptions,
): Promise<Span[]> {
  const words = cutToWords(findLongest(maximal, read.symbolCount), read.edges)
  const chosen = chooseRarest(words, read.logProbabilities, countShownSpans(read.words))
  const counts = await countAll(
    reader,
    chosen.map(({ startOffset, endOffset }) => symbols.slice(startOffset, endOffset)),
    call,
  )
  return chosen.map((span, at) => ({ ...span, count: counts[at] }))
}

/** The longest match at each symbol, out of the maximal spans: that of the last one which begins at or before it. */
function findLongest(maximal: readonly SpanPlace[], symbolCount: number): Float64Array {
  const longest = new Float64Array(symbolCount)
  let span = -1
  for (let at = 0; at < symbolCount; at++) {
    while (span + 1 < maximal.length && maximal[span + 1].startOffset <= at) span++
    longest[at] = span < 0 ? 0 : Math.max(0, maximal[span].endOffset - at)
  }
  return longest
}

/** Where all spans are asked for, no word is counted. */
async function readBytes(reader: IndexReader, text: string, isAll: boolean, call: CallOptions): Promise<ReadText> {
  const bytes = Buffer.from(text)
  const edges = findWordEdges(text)
  const words: SpanPlace[] = []
  for (let start = 0; start < bytes.length; start++) {
    if (edges.starts[start] !== 1) continue
    let end = start + 1
    while (end < bytes.length && edges.ends[end] !== 1) end++
    words.push({ startOffset: start, endOffset: end })
  }
  const logProbabilities = new Float64Array(bytes.length)
  if (!isAll) {
    const slice = ({ startOffset, endOffset }: SpanPlace) => bytes.toString('utf8', startOffset, endOffset)
    const distinct = [...new Set(words.map(slice))]
    const counts = await countAll(reader, distinct, call)
    const logs = new Map(distinct.map((word, at) => [word, toLogShare(counts[at], reader)]))
    for (const word of words) logProbabilities[word.startOffset] = logs.get(slice(word)) ?? unseenLogProbability
  }
  const units = mapUtf16(text, bytes.length)
  const toUtf16 = async (offsets: readonly number[]) => offsets.map((offset) => units[offset] ?? 0)
  return { text, symbolCount: bytes.length, edges, logProbabilities, words: words.length, toUtf16 }
}

/** For each byte offset of a text its UTF-16 offset; inside a character that of its start. */
function mapUtf16(text: string, byteCount: number): Uint32Array {
  const units = new Uint32Array(byteCount + 1)
  let [offset, unit] = [0, 0]
  for (const character of text) {
    const next = offset + Buffer.byteLength(character)
    units.fill(unit, offset, next)
    offset = next
    unit += character.length
  }
  units[byteCount] = unit
  return units
}

async function readTokens(reader: IndexReader, text: string): Promise<ReadText> {
  const [symbols] = await reader.encode([text])
  const tokens = Uint32Array.from(symbols)
  const texts = await reader.decodeAlone(tokens)
  const batch = await reader.cursors(tokens.length).push(tokens)
  const logProbabilities = Float64Array.from(batch.counts, (count) => toLogShare(count, reader))
  const [whole] = await reader.decode([tokens])
  const toUtf16 = async (offsets: readonly number[]) => {
    const distinct = [...new Set(offsets)]
    const before = await reader.decode(distinct.map((offset) => tokens.subarray(0, offset)))
    const lengths = new Map(distinct.map((offset, at) => [offset, before[at]?.length ?? 0]))
    return offsets.map((offset) => lengths.get(offset) ?? 0)
  }
  const edges = findTokenEdges(texts)
  return { text: whole ?? text, symbolCount: tokens.length, edges, logProbabilities, words: tokens.length, toUtf16 }
}

function toLogShare(count: number, reader: IndexReader): number {
  return count === 0 ? unseenLogProbability : Math.log(count / Math.max(1, reader.cursor().count))
}

async function countAll(
  reader: IndexReader,
  patterns: readonly (string | Uint8Array | Uint32Array)[],
  call: CallOptions,
): Promise<number[]> {
  const counts: number[] = []
  for (let at = 0; at < patterns.length; at += limits.patternsPerRequest) {
    const results = await reader.count(patterns.slice(at, at + limits.patternsPerRequest), call)
    counts.push(...results.map(({ count }) => count))
  }
  return counts
}
