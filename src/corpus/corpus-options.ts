/** Which choices decide what is read from the input? */
import type { Readable } from 'node:stream'
import type { InvalidUtf8Policy } from '../core/document.js'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'

/** How ready token ids are read instead of text. */
export interface IdsOptions {
  /** Field of JSON lines that holds the ids. */
  readonly field: string
  /** Width of the ids of `.bin` files; null where it is not said. */
  readonly type: 'u16' | 'u32' | null
  /** The id that ends a document in a one-dimensional array; null: the array is one document. */
  readonly documentSeparator: number | null
  /** Ids are below it. */
  readonly vocabulary: number
}

export interface CorpusOptions {
  /** Read everything as this format (`jsonl`, `text.gz`, …) instead of by extension. */
  readonly format: string | null
  /** Field or column that holds the text. */
  readonly textField: string
  /** Read token ids instead of text: of JSON lines, `.npy` and `.bin`. */
  readonly ids: IdsOptions | null
  /** Field that holds the document's own name; a string or a number. */
  readonly idField: string | null
  /** Fields kept as metadata, in the order of the input; `null` keeps all but the text. */
  readonly metaFields: readonly string[] | null
  /** Fields whose values are kept for counts per value. */
  readonly facetFields: readonly string[]
  readonly invalidUtf8: InvalidUtf8Policy
  /** Stop at the first problem instead of skipping. */
  readonly strict: boolean
  /** Longest text of a document: it must fit a shard. */
  readonly maxTextBytes: number
  /** Longest line; a longer one is passed over in bounded memory. */
  readonly maxLineBytes: number
  /** What `-` reads. */
  readonly stdin: Readable
  /** Ends the reading with `cancelled`. */
  readonly signal: AbortSignal | null
}

/**
 * The options with defaults filled in.
 *
 * Throws `bad-argument` when they contradict each other.
 */
export function resolveOptions(given: Partial<CorpusOptions>): CorpusOptions {
  const options: CorpusOptions = {
    format: null,
    textField: 'text',
    ids: null,
    idField: null,
    metaFields: null,
    facetFields: [],
    invalidUtf8: 'replace',
    strict: false,
    maxTextBytes: limits.documentBytes,
    maxLineBytes: limits.lineBytes,
    stdin: process.stdin,
    signal: null,
    ...given,
  }
  const content = options.ids?.field ?? options.textField
  if ([options.idField, ...(options.metaFields ?? []), ...options.facetFields].includes(content)) {
    const what = options.ids ? 'holds the token ids' : 'is the text'
    throw new OmnigramError('bad-argument', `${JSON.stringify(content)} ${what}: it cannot be id, metadata or facet.`)
  }
  if (new Set(options.facetFields).size < options.facetFields.length) {
    throw new OmnigramError('bad-argument', `A facet field is named twice in ${JSON.stringify(options.facetFields)}.`)
  }
  if (options.maxLineBytes > limits.lineBytes) {
    throw new OmnigramError(
      'bad-argument',
      `A line limit of ${options.maxLineBytes} bytes is above ${limits.lineBytes}.`,
    )
  }
  return options
}

/** Bytes of an id as it lies in memory and in the limits of a text. */
export const tokenBytes = 4
