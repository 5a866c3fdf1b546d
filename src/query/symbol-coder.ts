/** How do patterns become the symbols of an index? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Matching, Pattern, SymbolKind } from '../core/pattern.js'
import type { Symbols } from './index-reader.js'
import { encodePattern, encodeSymbols } from './pattern-bytes.js'

export interface SymbolCoder {
  readonly symbols: SymbolKind
  /** Bytes of a symbol, as the native core takes it. */
  readonly symbolBytes: number
  /** In the order of the patterns. Throws `bad-pattern` for what cannot be searched in one piece. */
  encodePatterns(patterns: readonly Pattern[], matching?: Matching): Promise<Uint8Array[]>
  /** Without a limit on the length. Throws `bad-pattern`. */
  encodeTexts(texts: readonly Pattern[]): Promise<Uint8Array[]>
  /** What is no text, at once. Throws `bad-pattern`. */
  encodeSymbols(symbols: Symbols): Uint8Array
  /** Null where nothing tells what tokens say. */
  decode(tokens: readonly Uint32Array[]): Promise<readonly (string | null)[]>
  decodeAlone(tokens: Uint32Array): Promise<readonly (string | null)[]>
  close(): Promise<void>
}

/** Text is its UTF-8. */
export class ByteCoder implements SymbolCoder {
  readonly symbols = 'bytes'
  readonly symbolBytes = 1

  async encodePatterns(patterns: readonly Pattern[], matching?: Matching): Promise<Uint8Array[]> {
    return patterns.map((pattern) => encodePattern(pattern, matching))
  }

  async encodeTexts(texts: readonly Pattern[]): Promise<Uint8Array[]> {
    return texts.map(encodeSymbols)
  }

  encodeSymbols(symbols: Symbols): Uint8Array {
    return encodeSymbols(symbols)
  }

  async decode(): Promise<readonly null[]> {
    throw new OmnigramError('bad-argument', 'The index is of bytes: it has no tokens.')
  }

  async decodeAlone(): Promise<readonly null[]> {
    return this.decode()
  }

  async close(): Promise<void> {}
}

/** Throws `too-large`, naming what was measured. */
export function checkTextBytes(what: string, lengthBytes: number): void {
  if (lengthBytes <= limits.bodyBytes) return
  throw new OmnigramError('too-large', `${what} has ${lengthBytes} bytes, the limit is ${limits.bodyBytes}.`)
}
