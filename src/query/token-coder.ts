/** Which token ids does a pattern stand for, and what do ids say? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { TokenOptions } from '../core/manifest.js'
import type { Matching, Pattern } from '../core/pattern.js'
import { readIndexTokenizer } from '../tokenizer/tokenizer-file.js'
import { splitAt } from '../tokenizer/tokenizer-message.js'
import { TokenizerPool } from '../tokenizer/tokenizer-pool.js'
import type { Symbols } from './index-reader.js'
import { encodeSymbols, isByCharacter } from './pattern-bytes.js'
import { checkTextBytes, type SymbolCoder } from './symbol-coder.js'
import { packTokens, tokenBytes } from './token-bytes.js'

/** Ids are taken as they are; text goes through the tokenizer of the index, which is loaded when it is first needed. */
export class TokenCoder implements SymbolCoder {
  readonly symbols = 'tokens'
  readonly symbolBytes = tokenBytes
  readonly #vocabulary: number
  readonly #tokenizer: TokenOptions['tokenizer']
  readonly #path: string
  #pool: Promise<TokenizerPool> | null = null

  /** `path` is where the tokenizer of the index lies. */
  constructor({ vocabulary, tokenizer }: Pick<TokenOptions, 'vocabulary' | 'tokenizer'>, path: string) {
    this.#vocabulary = vocabulary ?? limits.vocabulary
    this.#tokenizer = tokenizer
    this.#path = path
  }

  async encodePatterns(patterns: readonly Pattern[], matching?: Matching): Promise<Uint8Array[]> {
    if (isByCharacter(matching)) {
      throw new OmnigramError('bad-pattern', 'ignoreCase and flexibleSpace go by characters, the index is of tokens.')
    }
    for (const pattern of patterns) {
      if (pattern.length <= limits.patternUnits) continue
      throw new OmnigramError('bad-pattern', `It has ${pattern.length} units, the limit is ${limits.patternUnits}.`)
    }
    return this.encodeTexts(patterns)
  }

  async encodeTexts(texts: readonly Pattern[]): Promise<Uint8Array[]> {
    // Only what is text goes to the tokenizer, all of it at once.
    const written = texts.filter((text) => typeof text === 'string' && text !== '') as string[]
    const tokenised = written.length === 0 ? [] : await this.#tokenize(written)
    let next = 0
    return texts.map((text) => {
      if (text === '') return new Uint8Array()
      return typeof text === 'string' ? packTokens(tokenised[next++]) : this.encodeSymbols(text)
    })
  }

  encodeSymbols(symbols: Symbols): Uint8Array {
    return packTokens(this.#checkIds(symbols))
  }

  async decode(tokens: readonly Uint32Array[]): Promise<readonly (string | null)[]> {
    if (this.#tokenizer === null) return tokens.map(() => null)
    return (await this.#open(this.#tokenizer)).decode(tokens)
  }

  async decodeAlone(tokens: Uint32Array): Promise<readonly (string | null)[]> {
    if (this.#tokenizer === null) return Array.from(tokens, () => null)
    return (await this.#open(this.#tokenizer)).decodeAlone(tokens)
  }

  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => null)
    await pool?.close()
  }

  #checkIds(ids: Symbols): Uint32Array {
    if (!(ids instanceof Uint32Array)) {
      throw new OmnigramError('bad-pattern', 'It is of bytes, and the index is of tokens: ask by text or by token ids.')
    }
    for (let at = 0; at < ids.length; at++) {
      if (ids[at] < this.#vocabulary) continue
      const detail = `Token ${at} has the id ${ids[at]}; ids run from 0 to ${this.#vocabulary - 1}.`
      throw new OmnigramError('bad-pattern', detail)
    }
    return ids
  }

  async #tokenize(texts: readonly string[]): Promise<Uint32Array[]> {
    if (this.#tokenizer === null) {
      throw new OmnigramError('bad-pattern', 'The index was built of token ids, without a tokenizer: ask by token ids.')
    }
    const bytes = texts.map(encodeSymbols)
    checkTextBytes(
      'The text',
      bytes.reduce((sum, { length }) => sum + length, 0),
    )
    const { ids, ends, isLossy, faults } = await (await this.#open(this.#tokenizer)).encode(bytes)
    const at = isLossy.findIndex((isLost, text) => isLost || faults[text] !== null)
    if (at >= 0) {
      const detail = faults[at] ?? 'The tokenizer of the index has no token for a piece of it'
      throw new OmnigramError('bad-pattern', `${detail}: ${JSON.stringify(texts[at].slice(0, 100))}.`)
    }
    return [...splitAt(ids, ends)]
  }

  #open(tokenizer: NonNullable<TokenOptions['tokenizer']>): Promise<TokenizerPool> {
    this.#pool ??= readIndexTokenizer(this.#path, tokenizer).then(
      ({ json, path }) => new TokenizerPool(json, path, { threads: 1, timeoutMs: limits.tokenizerMs }),
    )
    // What failed may be mended: the next one tries again.
    this.#pool.catch(() => {
      this.#pool = null
    })
    return this.#pool
  }
}
