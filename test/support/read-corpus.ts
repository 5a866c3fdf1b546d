/** What does the corpus reader make of these inputs? */
import { Readable } from 'node:stream'
import type { CorpusDocument } from '../../src/core/document.js'
import { openCorpus } from '../../src/corpus/corpus.js'
import type { CorpusOptions } from '../../src/corpus/corpus-options.js'
import type { ReadSummary } from '../../src/corpus/read-report.js'

export interface ReadResult {
  readonly documents: readonly CorpusDocument[]
  /** The documents' texts. */
  readonly texts: readonly string[]
  readonly summary: ReadSummary
}

/** Reads files to the end. */
export async function readFiles(inputs: readonly string[], options: Partial<CorpusOptions> = {}): Promise<ReadResult> {
  const corpus = await openCorpus(inputs, options)
  const documents: CorpusDocument[] = []
  for await (const batch of corpus.read()) documents.push(...batch)
  const texts = documents.map(({ text }) => Buffer.from(text).toString())
  return { documents, texts, summary: corpus.report.summarize() }
}

/** Reads bytes as standard input, in chunks of `chunkBytes`. */
export function readBytes(
  bytes: string | Uint8Array,
  options: Partial<CorpusOptions> = {},
  chunkBytes = 64 * 1024,
): Promise<ReadResult> {
  const input = Buffer.from(bytes)
  const chunks = Array.from({ length: Math.ceil(input.length / chunkBytes) }, (_, i) =>
    input.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  )
  return readFiles(['-'], { ...options, stdin: Readable.from(chunks) })
}
