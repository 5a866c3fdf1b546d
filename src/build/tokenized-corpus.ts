/** How do documents get their token ids while they are read, on all cores and in order? */
import type { CorpusDocument } from '../core/document.js'
import { limits } from '../core/limits.js'
import type { Corpus } from '../corpus/corpus.js'
import { tokenBytes } from '../corpus/corpus-options.js'
import type { DocumentBatch } from '../corpus/file-context.js'
import { splitAt } from '../tokenizer/tokenizer-message.js'
import type { TokenizerPool } from '../tokenizer/tokenizer-pool.js'

export class TokenizedCorpus {
  readonly #corpus: Corpus
  readonly #pool: TokenizerPool
  readonly #batchesAtOnce: number
  /** Documents with text that the tokenizer has no token for. */
  lossyDocuments = 0

  constructor(corpus: Corpus, pool: TokenizerPool, threads: number) {
    this.#corpus = corpus
    this.#pool = pool
    // One more than there are threads, so that none waits for the reader.
    this.#batchesAtOnce = threads + 1
  }

  /** The documents in order, with their ids. What cannot be tokenised is reported and left out. Throws what reading throws. */
  async *read(batches = this.#corpus.read()): AsyncGenerator<DocumentBatch> {
    const underWay: Promise<DocumentBatch>[] = []
    for await (const documents of batches) {
      const batch = this.#tokenize(documents)
      // It is awaited later; till then its failure is nobody's.
      batch.catch(() => undefined)
      underWay.push(batch)
      if (underWay.length < this.#batchesAtOnce) continue
      const [first] = underWay.splice(0, 1)
      yield await first
    }
    for (const batch of underWay) yield await batch
  }

  async #tokenize(documents: DocumentBatch): Promise<DocumentBatch> {
    const { report, options } = this.#corpus
    const short = documents.filter((document) => {
      const isShort = document.text.length <= limits.tokenizedBytes
      const detail = `the text has ${document.text.length} bytes, the tokenizer takes ${limits.tokenizedBytes}`
      if (!isShort) report.dropDocument(document, 'too-long', detail)
      return isShort
    })
    const { ids, ends, isLossy, faults } = await this.#pool.encode(short.map(({ text }) => text))
    const pieces = [...splitAt(ids, ends)]
    return short.flatMap((document, at): CorpusDocument[] => {
      const fault = faults[at]
      const tokens = pieces[at]
      const idBytes = tokens.length * tokenBytes
      if (fault !== null) {
        report.dropDocument(document, 'bad-token', fault)
        return []
      }
      if (idBytes > options.maxTextBytes) {
        const detail = `the ids have ${idBytes} bytes, more than the ${options.maxTextBytes} of a shard`
        report.dropDocument(document, 'too-long', detail)
        return []
      }
      if (isLossy[at]) this.lossyDocuments += 1
      return [{ ...document, tokens }]
    })
  }
}
