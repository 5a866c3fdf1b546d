/** Which tokens does a build index, and who makes them out of text? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Manifest, TokenOptions } from '../core/manifest.js'
import type { IdsOptions } from '../corpus/corpus-options.js'
import { readTokenizerFile, type TokenizerFile } from '../tokenizer/tokenizer-file.js'
import { TokenizerPool } from '../tokenizer/tokenizer-pool.js'
import type { BuildOptions, TokenBuildOptions } from './build-options.js'
import type { IndexFolder } from './index-folder.js'

export interface TokenInput {
  /** As the manifest keeps it. */
  readonly options: TokenOptions
  /** How ready ids are read; null: text is tokenised. */
  readonly ids: IdsOptions | null
  /** The tokenizer that goes into the index. */
  readonly file: TokenizerFile | null
  /** Turns text into ids; null where they are ready. */
  readonly pool: TokenizerPool | null
  close(): Promise<void>
}

/**
 * Loads the tokenizer, if there is one; null where bytes are indexed. Close it when the build has ended.
 *
 * Throws `bad-input` for what is no tokenizer, `bad-argument` for a vocabulary that is too small for it.
 */
export async function openTokenInput({ tokens, threads, signal }: BuildOptions): Promise<TokenInput | null> {
  if (!tokens) return null
  const { tokenizerPath, idsField, idsType, documentSeparator } = tokens
  const file = tokenizerPath === null ? null : await readTokenizerFile(tokenizerPath)
  const pool = file && new TokenizerPool(file.json, file.path, { threads, signal })
  try {
    const vocabulary = await chooseVocabulary(tokens, pool)
    const isTokenised = idsField === null
    if (!isTokenised) await pool?.close()
    return {
      options: { idsField, vocabulary, tokenizer: file?.entry ?? null },
      ids: isTokenised
        ? null
        : { field: idsField, type: idsType, documentSeparator, vocabulary: vocabulary ?? limits.vocabulary },
      file,
      pool: isTokenised ? pool : null,
      close: async () => pool?.close(),
    }
  } catch (thrown) {
    await pool?.close()
    throw thrown
  }
}

/** What must be said again to add documents to an index of tokens; undefined for one of bytes. */
export function tokensOfIndex(
  { options: { tokens } }: Manifest,
  folder: IndexFolder,
  reading: Pick<TokenBuildOptions, 'idsType' | 'documentSeparator'>,
): TokenBuildOptions | undefined {
  if (!tokens) return undefined
  const { idsField, vocabulary, tokenizer } = tokens
  return { idsField, vocabulary, tokenizerPath: tokenizer && folder.tokenizerPath(tokenizer.name), ...reading }
}

async function chooseVocabulary(
  { vocabulary, tokenizerPath }: TokenBuildOptions,
  pool: TokenizerPool | null,
): Promise<number | null> {
  if (pool === null) return vocabulary
  const known = await pool.loadVocabulary()
  if (vocabulary === null || vocabulary >= known) return vocabulary ?? known
  const detail = `vocabulary is ${vocabulary}, ${tokenizerPath} has ids up to ${known - 1}.`
  throw new OmnigramError('bad-argument', detail)
}
