/** Does a text stand nowhere yet? A trap that does would prove nothing. */
import type { IndexReader } from '../../query/index-reader.js'

/** Matches of so many bytes, or tokens, are too long for a trap. */
export const longestMatchBytes = 40
export const longestMatchTokens = 8

/**
 * Whether no index holds the text, nor a piece of it of {@link longestMatchBytes} bytes, in a token index of {@link longestMatchTokens}
 * tokens. The length of a match decides the count too: a text shorter than that is counted.
 */
export async function isUnique(readers: readonly IndexReader[], text: string, signal?: AbortSignal): Promise<boolean> {
  for (const reader of readers) {
    const [result] = await reader.count([text], { signal })
    if (result === undefined || result.count > 0) return false
    const minBytes = reader.manifest.symbols === 'tokens' ? longestMatchTokens : longestMatchBytes
    const spans = await reader.trace(text, { minBytes, signal })
    if (spans.length > 0) return false
  }
  return true
}
