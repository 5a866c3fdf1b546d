/** Which documents does the input hold, in order, and how far has the reading come? */
import type { Buffer } from 'node:buffer'
import type { CorpusDocument } from '../core/document.js'
import type { CorpusOptions } from './corpus-options.js'
import { resolveOptions } from './corpus-options.js'
import { decompress } from './decompress.js'
import type { CorpusFile } from './expand-inputs.js'
import { expandInputs } from './expand-inputs.js'
import type { DocumentBatch } from './file-context.js'
import { FileContext } from './file-context.js'
import { OpenFile, readStdin, throwIfAborted, untilAborted } from './open-file.js'
import { readIdArrays } from './read-id-arrays.js'
import { readJsonl } from './read-jsonl.js'
import { readParquet } from './read-parquet.js'
import { FileFailure, ReadReport } from './read-report.js'
import { readText } from './read-text.js'
import { readWarc } from './read-warc.js'
import { SampleLines } from './sample-lines.js'

/** How much there is to read, for progress and for planning. */
export interface CorpusEstimate {
  /** Size of the files on disk; `null` when standard input is among them. */
  readonly inputBytes: number | null
  /** Of these, read so far. */
  readonly readBytes: number
  /**
   * The text is not longer than this, but for 2 bytes for each part that is not UTF-8 and gets replaced; `null` when
   * something is compressed, so that its size says nothing.
   */
  readonly maxTextBytes: number | null
}

/**
 * Finds the files behind `inputs`: files, folders, globs, `-` for standard input.
 *
 * Throws `bad-argument` for options that make no sense, `bad-input` when there is nothing to read or, in strict mode,
 * when something cannot be.
 */
export async function openCorpus(inputs: readonly string[], given: Partial<CorpusOptions> = {}): Promise<Corpus> {
  const options = resolveOptions(given)
  const report = new ReadReport(options.strict)
  return new Corpus(await expandInputs(inputs, options, report), options, report)
}

/** Documents, and bytes of text or ids, after which a batch is handed on, so that what follows does not work in crumbs. */
const batchDocuments = 1024
const batchBytes = 1024 * 1024

/** Pieces of a sample: enough to meet every part of an input that was put together out of several. */
const samplePieces = 16

/** The documents of a list of files, read once. */
export class Corpus {
  readonly #inputBytes: number | null = 0
  readonly #maxTextBytes: number | null = 0

  constructor(
    readonly files: readonly CorpusFile[],
    readonly options: CorpusOptions,
    readonly report: ReadReport,
  ) {
    for (const { sizeBytes, format } of files) {
      const isText = format.records === 'jsonl' || format.records === 'text'
      const isPlain = format.compression === 'none' && isText && options.ids === null
      this.#inputBytes = addKnown(this.#inputBytes, sizeBytes)
      this.#maxTextBytes = addKnown(this.#maxTextBytes, isPlain ? sizeBytes : null)
    }
  }

  /**
   * All documents in order: by path, then line. Nothing is read ahead of the consumer, so memory stays at a batch and a
   * chunk of input. A file that turns out to be damaged is reported and left; the documents before the damage are kept.
   *
   * Throws `bad-input` in strict mode or for `invalidUtf8: 'fail'`, `cancelled` on the signal.
   */
  async *read(): AsyncGenerator<DocumentBatch> {
    let batch: CorpusDocument[] = []
    let heldBytes = 0
    for (const file of this.files) {
      throwIfAborted(this.options.signal)
      const documentsBefore = this.report.documents
      try {
        for await (const documents of this.#readFile(file)) {
          heldBytes += this.report.addDocuments(documents)
          batch = batch.concat(documents)
          if (batch.length < batchDocuments && heldBytes < batchBytes) continue
          yield batch
          batch = []
          heldBytes = 0
        }
      } catch (error) {
        if (!(error instanceof FileFailure)) throw error
        this.#addFailure(file, error, this.report.documents - documentsBefore)
      }
    }
    if (batch.length > 0) yield batch
  }

  /**
   * Documents of about `sampleBytes` of the input, in pieces from all over it: lines from where a piece falls, of files that
   * are read from their beginning alone the first ones. The whole input where that is no larger, and in strict mode, whose
   * errors name lines by their numbers, documents from the beginning on, for as long as the consumer takes them.
   */
  async *readSample(sampleBytes: number): AsyncGenerator<DocumentBatch> {
    const inputBytes = this.#inputBytes
    if (inputBytes === null || inputBytes <= sampleBytes || this.options.strict) {
      yield* this.read()
      return
    }
    const taken = new Set<string>()
    for (let piece = 0; piece < samplePieces; piece++) {
      const { file, offset } = this.#locate(Math.floor((inputBytes * piece) / samplePieces))
      const isSplit = file.format.records === 'jsonl' && file.format.compression === 'none'
      if (taken.has(file.path) && !isSplit) continue
      taken.add(file.path)
      const pieceBytes = sampleBytes / samplePieces
      const endBytes = this.report.inputBytes + pieceBytes
      try {
        const batches = isSplit ? this.#readLines(file, offset, pieceBytes) : this.#readFile(file)
        for await (const documents of batches) {
          this.report.addDocuments(documents)
          yield documents
          if (!isSplit && this.report.inputBytes >= endBytes) break
        }
      } catch (error) {
        if (!(error instanceof FileFailure)) throw error
      }
    }
  }

  /** O(1). */
  estimate(): CorpusEstimate {
    return { inputBytes: this.#inputBytes, readBytes: this.report.inputBytes, maxTextBytes: this.#maxTextBytes }
  }

  /** The file that holds a byte of the input, and where in it. */
  #locate(inputOffset: number): { readonly file: CorpusFile; readonly offset: number } {
    let offset = inputOffset
    for (const file of this.files) {
      const sizeBytes = file.sizeBytes ?? 0
      if (offset < sizeBytes) return { file, offset }
      offset -= sizeBytes
    }
    return { file: this.files[0], offset: 0 }
  }

  /** Whole lines of a plain file, the first of which begins at `startOffset` or after it. */
  async *#readLines(file: CorpusFile, startOffset: number, wantedBytes: number): AsyncGenerator<DocumentBatch> {
    const context = new FileContext(file.path, this.options, this.report)
    const opened = await OpenFile.open(file.path, this.report)
    const lines = new SampleLines(startOffset > 0, wantedBytes)
    try {
      yield* this.#readRecords(lines.take(opened.chunks(startOffset)), file, context)
    } finally {
      this.report.inputBytes -= lines.passedBytes
      await opened.close()
    }
  }

  async *#readFile(file: CorpusFile): AsyncGenerator<DocumentBatch> {
    const context = new FileContext(file.path, this.options, this.report)
    if (file.sizeBytes === null) {
      this.report.files++
      yield* this.#readRecords(readStdin(this.options, this.report), file, context)
      return
    }
    const opened = await OpenFile.open(file.path, this.report)
    this.report.files++
    try {
      if (file.format.records === 'parquet') yield* readParquet(opened, context)
      else yield* this.#readRecords(opened.chunks(), file, context)
      await opened.checkUnchanged()
    } finally {
      await opened.close()
    }
  }

  #readRecords(
    chunks: AsyncIterable<Buffer>,
    { format }: CorpusFile,
    context: FileContext,
  ): AsyncGenerator<DocumentBatch> {
    const plain = decompress(untilAborted(chunks, this.options.signal), format.compression)
    switch (format.records) {
      case 'jsonl':
        return readJsonl(plain, context)
      case 'warc':
        return readWarc(plain, context)
      case 'text':
        return readText(plain, context)
      case 'npy':
      case 'bin':
        return readIdArrays(plain, format.records, context)
      case 'parquet':
        throw new FileFailure('unknown-format', 'Parquet is read by ranges, so not from standard input')
    }
  }

  #addFailure({ path }: CorpusFile, { problemKind: kind, message }: FileFailure, documentCount: number): void {
    const kept =
      ['', '; 1 document before that is kept'][documentCount] ?? `; ${documentCount} documents before that are kept`
    this.report.addProblem({ kind, path, line: null, detail: `${message}${kept}` })
  }
}

function addKnown(sum: number | null, bytes: number | null): number | null {
  return sum === null || bytes === null ? null : sum + bytes
}
