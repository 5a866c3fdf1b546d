/**
 * Which parts of a text stand in an index word for word, and which of them say most? OLMoTrace over exact counts (Liu et al. 2025,
 * arXiv:2504.07096).
 *
 * Departures: a text index counts words where OLMoTrace counts tokens, both for how rare a span is and for how many are shown; a span's
 * probability is the product of its words' shares of the index's bytes.
 */
import { limits } from '../../core/limits.js'
import type { CallOptions, IndexReader, Occurrence, Span } from '../index-reader.js'
import { chooseRarest, countShownSpans, cutToWords, measureCoverage, type SpanPlace } from './choose-spans.js'
import { type Relevance, rateDocuments } from './rate-documents.js'
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
  readonly relevance: Relevance
}

export interface TracedSpan extends Span {
  readonly text: string
  readonly documents: readonly TracedDocument[]
}

export interface TextTrace {
  /** In the order of the text. Offsets are in bytes of its UTF-8; in a token index in its tokens. */
  readonly spans: readonly TracedSpan[]
  /** Share of the text's symbols that lie in a span. */
  readonly coverage: number
  /** Bytes, or tokens, of the text. */
  readonly symbolCount: number
}

/** Characters of a document around a span, by which it is rated. */
const contextCharacters = 400
/** Logarithm of the share of a word that the index does not hold. */
const unseenLogProbability = -10_000

/** A text and what its symbols are. */
interface ReadText {
  readonly symbolCount: number
  readonly edges: SpanEdges
  /** By symbol: logarithm of the share of the word that begins there; 0 inside a word. */
  readonly logProbabilities: Float64Array
  /** Words, or tokens. */
  readonly words: number
  readonly slice: (span: SpanPlace) => string
}

/** One longest-match pass over the text, then a count a span and a page of occurrences a span that is shown. */
export async function traceText(reader: IndexReader, text: string, options: TraceTextOptions = {}): Promise<TextTrace> {
  const { isAll = false, documentsPerSpan = 10, seed = 42, prompt = '', signal, deadlineMs } = options
  const call = { signal, deadlineMs }
  const maximal = await reader.trace(text, { ...call, edges: 'byte' })
  const read =
    reader.manifest.symbols === 'tokens' ? await readTokens(reader, text) : await readBytes(reader, text, call)
  const spans = isAll ? maximal : await chooseSpans(reader, maximal, read, text, call)
  const traced: TracedSpan[] = []
  for (const span of spans) {
    const pattern = read.slice(span)
    const documents = isAll || documentsPerSpan === 0 ? [] : await sample(pattern)
    traced.push({ ...span, text: pattern, documents })
  }
  return { spans: traced, coverage: measureCoverage(spans, read.symbolCount), symbolCount: read.symbolCount }

  async function sample(pattern: string): Promise<TracedDocument[]> {
    const match = await reader.find(pattern, call)
    const page = {
      ...call,
      by: 'occurrence',
      limit: documentsPerSpan,
      context: contextCharacters,
      sampleSeed: seed,
    } as const
    const { occurrences } = await reader.documents(match, page)
    const texts = occurrences.map(({ snippet }) => snippet.text ?? '')
    const relevance = rateDocuments(`${prompt} ${text}`, Array.from(text).length, texts)
    return occurrences.map((occurrence, at) => ({ occurrence, relevance: relevance[at] }))
  }
}

async function chooseSpans(
  reader: IndexReader,
  maximal: readonly Span[],
  read: ReadText,
  text: string,
  call: CallOptions,
): Promise<Span[]> {
  const words = cutToWords(findLongest(maximal, read.symbolCount), read.edges)
  const chosen = chooseRarest(words, read.logProbabilities, countShownSpans(read.words))
  const [symbols] = await reader.encode([text])
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

async function readBytes(reader: IndexReader, text: string, call: CallOptions): Promise<ReadText> {
  const bytes = Buffer.from(text)
  const edges = findWordEdges(text)
  const words: SpanPlace[] = []
  for (let start = 0; start < bytes.length; start++) {
    if (edges.starts[start] !== 1) continue
    let end = start + 1
    while (end < bytes.length && edges.ends[end] !== 1) end++
    words.push({ startOffset: start, endOffset: end })
  }
  const slice = ({ startOffset, endOffset }: SpanPlace) => bytes.toString('utf8', startOffset, endOffset)
  const distinct = [...new Set(words.map(slice))]
  const counts = await countAll(reader, distinct, call)
  const logs = new Map(distinct.map((word, at) => [word, toLogShare(counts[at], reader)]))
  const logProbabilities = new Float64Array(bytes.length)
  for (const word of words) logProbabilities[word.startOffset] = logs.get(slice(word)) ?? unseenLogProbability
  return { symbolCount: bytes.length, edges, logProbabilities, words: words.length, slice }
}

async function readTokens(reader: IndexReader, text: string): Promise<ReadText> {
  const [symbols] = await reader.encode([text])
  const tokens = Uint32Array.from(symbols)
  const texts = await reader.decodeAlone(tokens)
  const batch = await reader.cursors(tokens.length).push(tokens)
  const logProbabilities = Float64Array.from(batch.counts, (count) => toLogShare(count, reader))
  const slice = ({ startOffset, endOffset }: SpanPlace) =>
    Buffer.concat(texts.slice(startOffset, endOffset).map((part) => Buffer.from(part ?? '\ufffd'))).toString()
  return { symbolCount: tokens.length, edges: findTokenEdges(texts), logProbabilities, words: tokens.length, slice }
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
