/** How does a corpus read without the spans that were found in it? */
import type { CorpusDocument } from '../core/document.js'
import { OmnigramError } from '../core/errors.js'
import type { Corpus } from '../corpus/corpus.js'
import type { DocumentSpans } from './span-lines.js'

export interface CutSummary {
  readonly documents: number
  /** Documents from which something was taken. */
  readonly cutDocuments: number
  /** Documents of which nothing was left. */
  readonly emptiedDocuments: number
  /** Bytes of text, or tokens. */
  readonly removedSymbols: number
}

export interface CutOptions {
  /** Field of the text or the ids in what is written. */
  readonly field: string
  /** Leave out documents that the spans take whole. */
  readonly dropsEmpty: boolean
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Writes every document as a line of JSON, its metadata as they were, its text without the spans. Both inputs are read once,
 * in the order of the documents: as the index was built from them.
 *
 * Throws `bad-input` where a document is not the one that the spans are of, by its id, its length, or the edges of characters.
 */
export async function cutCorpus(
  corpus: Corpus,
  spans: AsyncIterable<DocumentSpans>,
  write: (line: string) => Promise<void>,
  { field, dropsEmpty }: CutOptions,
): Promise<CutSummary> {
  const entries = spans[Symbol.asyncIterator]()
  let next = await entries.next()
  let [number, cutDocuments, emptiedDocuments, removedSymbols] = [0, 0, 0, 0]
  for await (const batch of corpus.read()) {
    for (const document of batch) {
      const entry = !next.done && next.value.document === number ? next.value : null
      number++
      if (entry === null) {
        await write(formatDocument(document, field, readContent(document)))
        continue
      }
      checkEntry(document, entry)
      next = await entries.next()
      checkOrder(entry, next)
      const { content, removed, isEmpty } = cutDocument(document, entry)
      cutDocuments++
      removedSymbols += removed
      if (isEmpty) emptiedDocuments++
      if (!isEmpty || !dropsEmpty) await write(formatDocument(document, field, content))
    }
  }
  if (!next.done) {
    throw new OmnigramError(
      'bad-input',
      `The spans are of document ${next.value.document} too; the corpus has ${number}.`,
    )
  }
  return { documents: number, cutDocuments, emptiedDocuments, removedSymbols }
}

function checkOrder(entry: DocumentSpans, next: IteratorResult<DocumentSpans, unknown>): void {
  if (next.done || next.value.document > entry.document) return
  const detail = `The spans of document ${next.value.document} come after those of document ${entry.document}.`
  throw new OmnigramError('bad-input', detail)
}

/** Throws where the document cannot be the one in the index. */
function checkEntry(document: CorpusDocument, { document: number, externalId, length, spans }: DocumentSpans): void {
  const symbols = document.tokens?.length ?? document.text.length
  const { path, line } = document.source
  const place = `Document ${number}, ${path}:${line},`
  if (document.externalId !== null && externalId !== null && document.externalId !== externalId) {
    const ids = `${JSON.stringify(document.externalId)}, not ${JSON.stringify(externalId)}`
    throw new OmnigramError('bad-input', `${place} is ${ids} as in the spans: read the corpus as the index was built.`)
  }
  const end = spans.at(-1)?.[1] ?? 0
  if (symbols === (length ?? symbols) && end <= symbols) return
  const detail = `${place} has ${symbols} symbols where the spans are of one with ${length ?? `at least ${end}`}.`
  throw new OmnigramError('bad-input', `${detail} Read the corpus as the index was built.`)
}

function cutDocument(document: CorpusDocument, { document: number, spans }: DocumentSpans) {
  const symbols = document.tokens ?? document.text
  const kept: (typeof symbols)[] = []
  let [at, removed] = [0, 0]
  for (const [start, end] of spans) {
    kept.push(symbols.subarray(at, start))
    removed += end - start
    at = end
  }
  kept.push(symbols.subarray(at))
  const isEmpty = removed === symbols.length
  if (document.tokens) return { content: kept.flatMap((part) => Array.from(part)), removed, isEmpty }
  try {
    // Each part by itself: the halves of two characters could make a third one.
    return { content: kept.map((part) => decoder.decode(part)).join(''), removed, isEmpty }
  } catch (thrown) {
    const detail = `A span of document ${number} ends inside a character: it is of another text.`
    throw new OmnigramError('bad-input', detail, { cause: thrown })
  }
}

function readContent({ text, tokens }: CorpusDocument): string | number[] {
  return tokens ? Array.from(tokens) : decoder.decode(text)
}

/** The metadata as they are spelled in the input, then the content. */
function formatDocument({ metadata }: CorpusDocument, field: string, content: string | number[]): string {
  const fields = metadata?.slice(1, -1).trim() ?? ''
  return `{${fields}${fields === '' ? '' : ','}${JSON.stringify(field)}:${JSON.stringify(content)}}`
}
