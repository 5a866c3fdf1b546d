/** What does a small tokenizer look like? Byte-level BPE as of GPT-2: every byte is a token, and some pieces of English. */
import { writeFile } from 'node:fs/promises'
import { spellBytes } from '../byte-letters.js'

const merges = ['t h', 'th e', 'Ġ the', 'a n', 'an a', 'Ġ o', 'Ġo f', 'Ã ©', 'Ġ b', 'n d', 'Ġb an']

/** Ids: 0 ends a document and is special, then the bytes, then the merged pieces. */
export const endOfText = { id: 0, content: '<|end|>' }

export interface TestTokenizerOptions {
  /** Tokens of some bytes left out, so that texts with them have no ids. */
  readonly withoutBytes?: readonly number[]
  /** A token for what has none. */
  readonly unknownToken?: string
}

export function makeTokenizerJson({ withoutBytes = [], unknownToken }: TestTokenizerOptions = {}): string {
  const letters = spellBytes().filter((_, byte) => !withoutBytes.includes(byte))
  const pieces = merges.map((merge) => merge.replace(' ', ''))
  const tokens = [endOfText.content, ...letters, ...pieces, ...(unknownToken === undefined ? [] : [unknownToken])]
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      { ...endOfText, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknownToken ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  })
}

export async function writeTokenizer(path: string, options?: TestTokenizerOptions): Promise<string> {
  await writeFile(path, makeTokenizerJson(options))
  return path
}
