/** How is what follows told to people and programs? */
import type { IndexReader, NextSymbol, SymbolUnit } from './index-reader.js'
import { decodeStrictly } from './text-bytes.js'

export type NextLine =
  | {
      /** The byte, the code point where the unit is a character, or the token id. */
      readonly id: number
      /** Null for what is no whole character by itself, and for tokens that nothing tells the text of. */
      readonly text: string | null
      readonly count: number
    }
  | { readonly end: true; readonly count: number }

export async function describeNext(
  reader: Pick<IndexReader, 'decodeAlone'>,
  next: readonly NextSymbol[],
  unit: SymbolUnit | undefined,
): Promise<NextLine[]> {
  const tokens = next.flatMap(({ token }) => (token === null ? [] : [token]))
  const texts = tokens.length === 0 ? [] : await reader.decodeAlone(Uint32Array.from(tokens))
  let told = 0
  return next.map(({ bytes, token, count }) => {
    if (token !== null) return { id: token, text: texts[told++], count }
    return bytes === null ? { end: true, count } : { ...describeBytes(bytes, unit), count }
  })
}

function describeBytes(bytes: Uint8Array, unit: SymbolUnit | undefined): { id: number; text: string | null } {
  const text = decodeStrictly(bytes)
  return { id: unit === 'byte' || text === null ? bytes[0] : (text.codePointAt(0) ?? bytes[0]), text }
}
