/** Which token ids does a text have, and which text have ids? As a tokenizer.json says, by the library `@huggingface/tokenizers`. */
import { Tokenizer } from '@huggingface/tokenizers'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { spellBytes } from './byte-letters.js'

/** Stands for what is no whole character. */
const replacement = '\ufffd'

/** The ids of a text. */
export interface Encoding {
  readonly ids: Uint32Array
  /** Whether the tokenizer has no token for a piece of the text: it is left out, or an unknown token stands for it. */
  readonly isLossy: boolean
}

export class TextTokenizer {
  readonly #tokenizer: Tokenizer
  /** Ids are below it. */
  readonly vocabulary: number
  /** The token for what has none; null where there is no such token. */
  readonly #unknownId: number | null
  /** Bytes that are left out, where there is none. */
  readonly #lostBytes: readonly number[]
  /** Ids that spell U+FFFD itself. */
  readonly #replacementIds: ReadonlySet<number>

  /** `path` is what errors call it. Throws `bad-input` for what is no tokenizer that can be used here. */
  constructor(json: Uint8Array, path: string) {
    try {
      this.#tokenizer = new Tokenizer(JSON.parse(Buffer.from(json).toString()), {})
      this.#unknownId = this.#tokenizer.model?.unk_token_id ?? null
      this.#lostBytes = this.#unknownId === null ? findLostBytes(this.#tokenizer) : []
      this.vocabulary = measureVocabulary(this.#tokenizer)
      this.#replacementIds = new Set(this.encode(replacement).ids)
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      throw new OmnigramError('bad-input', `${path} is not a tokenizer that can be used: ${reason}.`, { cause: thrown })
    }
  }

  /** Without the special tokens that models put before and after. O(n log n). */
  encode(text: string): Encoding {
    if (text === '') return { ids: new Uint32Array(), isLossy: false }
    const found: readonly (number | undefined)[] = this.#tokenizer.encode(text, { add_special_tokens: false }).ids
    const kept = found.filter((id) => id !== undefined)
    const isLossy = kept.length < found.length || this.#hasLost(text) || kept.some((id) => id === this.#unknownId)
    return { ids: Uint32Array.from(kept), isLossy }
  }

  /** Ids that are none become U+FFFD, and so do pieces of characters. */
  decode(ids: Uint32Array): string {
    let text = ''
    let start = 0
    for (let at = 0; at <= ids.length; at++) {
      const isKnown = at < ids.length && this.#tokenizer.id_to_token(ids[at]) !== undefined
      if (isKnown) continue
      if (at > start) text += this.#decodeKnown(ids.subarray(start, at))
      if (at < ids.length) text += replacement
      start = at + 1
    }
    return text
  }

  /** The text of one token; null where that is not whole characters. */
  decodeAlone(id: number): string | null {
    const text = this.decode(Uint32Array.of(id))
    return text.includes(replacement) && !this.#replacementIds.has(id) ? null : text
  }

  #decodeKnown(ids: Uint32Array): string {
    return this.#tokenizer.decode(Array.from(ids), { skip_special_tokens: false, clean_up_tokenization_spaces: false })
  }

  #hasLost(text: string): boolean {
    if (this.#lostBytes.length === 0) return false
    const bytes = Buffer.from(text)
    return this.#lostBytes.some((byte) => bytes.includes(byte))
  }
}

function measureVocabulary(tokenizer: Tokenizer): number {
  let vocabulary = 0
  for (const id of tokenizer.get_vocab(true).values()) vocabulary = Math.max(vocabulary, id + 1)
  if (Number.isSafeInteger(vocabulary) && vocabulary >= 1 && vocabulary <= limits.vocabulary) return vocabulary
  throw new Error(`its ids reach ${vocabulary - 1}, the limit is ${limits.vocabulary - 1}`)
}

/**
 * The bytes that a byte-level tokenizer has no letter for: without a token for the unknown they are left out of every text.
 * Throws where what is left out cannot be told.
 */
function findLostBytes(tokenizer: Tokenizer): number[] {
  const config = tokenizer.model?.config as { byte_fallback?: unknown; type?: unknown } | undefined
  if (config?.type !== 'BPE' || config.byte_fallback === true) return []
  const vocabulary = tokenizer.get_vocab(false)
  const letters = spellBytes()
  const lost = letters.flatMap((letter, byte) => (vocabulary.has(letter) ? [] : [byte]))
  // An alphabet of bytes has at least those of ASCII that are printed.
  const isByteLevel =
    letters.slice(0x21, 0x7f).every((letter) => vocabulary.has(letter)) && vocabulary.has(letters[0x20])
  if (isByteLevel) return lost
  throw new Error('it has neither a token for the unknown nor one for each byte, so it would leave out text unseen')
}
