/** What do a tokenizer's thread and its owner say to each other? Texts and ids lie back to back, as many short values travel slowly. */

export interface TokenizerData {
  readonly json: Uint8Array
  readonly path: string
}

export type TokenizerTask =
  | { readonly kind: 'encode'; readonly texts: Uint8Array; readonly ends: Float64Array }
  /** `isAlone`: each id by itself, for a list of them. */
  | { readonly kind: 'decode'; readonly ids: Uint32Array; readonly ends: Float64Array; readonly isAlone: boolean }

export interface EncodedTexts {
  readonly ids: Uint32Array
  /** End of the ids of each text. */
  readonly ends: Float64Array
  /** Whether the tokenizer has no token for a piece of the text. */
  readonly isLossy: readonly boolean[]
  /** Why a text has no ids; null where it has. */
  readonly faults: readonly (string | null)[]
}

export type TokenizerReply =
  | { readonly kind: 'ready'; readonly vocabulary: number }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string }
  | { readonly kind: 'encoded'; readonly encoded: EncodedTexts }
  | { readonly kind: 'decoded'; readonly texts: readonly (string | null)[] }

/** Views of what lies back to back. */
export function* splitAt<Values extends { subarray(start: number, end: number): Values }>(
  values: Values,
  ends: Float64Array,
): Generator<Values> {
  let start = 0
  for (const end of ends) {
    yield values.subarray(start, end)
    start = end
  }
}
