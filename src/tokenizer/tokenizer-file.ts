/** Which tokenizer is in a file, and is it the one that is meant? */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { TokenizerEntry } from '../core/manifest.js'

/** A tokenizer.json as it lies on disk, and what the index calls it. */
export interface TokenizerFile {
  readonly path: string
  readonly json: Uint8Array
  readonly entry: TokenizerEntry
}

/** Throws `bad-input` for what is no file, or too large to be a tokenizer; whether it is one, shows when it is loaded. */
export async function readTokenizerFile(path: string): Promise<TokenizerFile> {
  let json: Buffer
  try {
    const { size } = await stat(path)
    if (size > limits.tokenizerBytes) {
      throw new OmnigramError('bad-input', `${path} has ${size} bytes, a tokenizer at most ${limits.tokenizerBytes}.`)
    }
    json = await readFile(path)
  } catch (thrown) {
    if (thrown instanceof OmnigramError) throw thrown
    const code = (thrown as NodeJS.ErrnoException).code ?? String(thrown)
    throw new OmnigramError('bad-input', `The tokenizer ${path} cannot be read: ${code}.`, { cause: thrown })
  }
  const sha256 = createHash('sha256').update(json).digest('hex')
  return { path, json, entry: { name: `${sha256}.json`, sha256, bytes: json.length } }
}

/** The tokenizer of an index. Throws `damaged-index` where it is missing or not the one that the manifest names. */
export async function readIndexTokenizer(path: string, entry: TokenizerEntry): Promise<TokenizerFile> {
  let json: Buffer
  try {
    const { size } = await stat(path)
    if (size !== entry.bytes) {
      throw new OmnigramError('damaged-index', `${path} has ${size} bytes where the manifest says ${entry.bytes}.`)
    }
    json = await readFile(path)
  } catch (thrown) {
    if (thrown instanceof OmnigramError) throw thrown
    const code = (thrown as NodeJS.ErrnoException).code
    const detail = code === 'ENOENT' ? `${path} is missing.` : `${path} cannot be read: ${code ?? String(thrown)}.`
    throw new OmnigramError('damaged-index', detail, { cause: thrown })
  }
  const sha256 = createHash('sha256').update(json).digest('hex')
  if (sha256 === entry.sha256) return { path, json, entry }
  throw new OmnigramError('damaged-index', `${path} has SHA-256 ${sha256} where the manifest says ${entry.sha256}.`)
}
