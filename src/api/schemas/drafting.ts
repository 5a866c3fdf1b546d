/** Which parts do questions about drafts share? */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { IndexReader } from '../../query/index-reader.js'
import { resolvePatterns, type WrittenPattern } from './pattern.js'

export function tokenIds(maxItems: number) {
  return z
    .array(
      z
        .number()
        .int()
        .min(0)
        .max(limits.vocabulary - 1),
    )
    .max(maxItems)
}

export const tokenTexts = z
  .array(z.string().nullable())
  .optional()
  .describe('What the tokens say, each by itself, when asked for; null for what is no whole character.')

export const sessionField = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .describe(
    'A name of your choice under which the place of the context in the index is kept for a minute, so that a token more costs a few steps. Answers are the same without.',
  )

/** The token ids of patterns; `pointTo` says where one stands in the request. Throws `bad-argument` for an index of bytes. */
export async function readTokenPatterns(
  reader: IndexReader,
  written: readonly WrittenPattern[],
  pointTo: (at: number) => string,
): Promise<Uint32Array[]> {
  if (reader.manifest.symbols === 'bytes') {
    throw new OmnigramError('bad-argument', `${reader.name} holds bytes; drafting needs an index of tokens.`)
  }
  const { patterns } = await resolvePatterns(reader, written, pointTo)
  return patterns as Uint32Array[]
}
