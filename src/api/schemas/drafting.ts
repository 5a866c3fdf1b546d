/** Which parts do questions about drafts share? */
import { z } from 'zod'
import { limits } from '../../core/limits.js'

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

export const sessionField = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .describe(
    'A name of your choice under which the place of the context in the index is kept for a minute, so that a token more costs a few steps. Answers are the same without.',
  )
