/** Which text do the ids of a trap stand for, and does the text stand for the same ids? */
import { splitAt } from '../../tokenizer/tokenizer-message.js'

/** What traps ask of a tokenizer; a `TokenizerPool` has it. */
export interface TrapTokenizer {
  encode(texts: readonly Uint8Array[]): Promise<{
    readonly ids: Uint32Array
    readonly ends: Float64Array
    readonly isLossy: readonly boolean[]
    readonly faults: readonly (string | null)[]
  }>
  decode(ids: readonly Uint32Array[]): Promise<string[]>
}

/** The text of the ids; null where the text is not whole characters or stands for other ids. */
export async function writeFaithfully(tokenizer: TrapTokenizer, tokens: readonly number[]): Promise<string | null> {
  const [text = ''] = await tokenizer.decode([Uint32Array.from(tokens)])
  if (text.trim() === '' || text.includes('\ufffd')) return null
  const again = await encodeText(tokenizer, text)
  const isSame = again.length === tokens.length && again.every((token, at) => token === tokens[at])
  return isSame ? text : null
}

/** Without special tokens; of a text that the tokenizer refuses, none. */
export async function encodeText(tokenizer: TrapTokenizer, text: string): Promise<Uint32Array> {
  const { ids, ends, faults } = await tokenizer.encode([Buffer.from(text)])
  const [first] = splitAt(ids, ends)
  return faults[0] === null && first !== undefined ? first : new Uint32Array()
}
