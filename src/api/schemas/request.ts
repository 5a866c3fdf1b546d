/** Which fields do requests share, in bodies and in links? */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { partialField } from '../partial-answer.js'
import { matchingSchema, patternSchema } from './pattern.js'

export const namesParams = z.object({
  names: z.string().min(1).describe('Name of an index, or several with commas between them: they are read as one.'),
})

export const callFields = {
  deadlineMs: z
    .number()
    .int()
    .min(1)
    .max(limits.maxDeadlineMs)
    .optional()
    .describe(
      `Milliseconds until the server gives up; ${limits.deadlineMs} unless said here or by \`Prefer: wait=SECONDS\`.`,
    ),
}

/** One pattern and how it may match. */
export const patternFields = {
  pattern: patternSchema,
  matching: matchingSchema.optional(),
  partial: partialField,
  ...callFields,
}

export const exactField = z
  .boolean()
  .optional()
  .describe('Lift the budget: the number is exact, however long it takes within the deadline.')

/** By default characters, in an index of tokens tokens. */
export const unitField = z.enum(['byte', 'character', 'token'])

/** A pattern of token ids as it stands in a query string: `1,2,3`. */
export const idsLink = z
  .string()
  .max(limits.patternUnits * 8)
  .regex(/^(\d{1,7}(,\d{1,7})*)?$/, 'expected token ids with commas between them')
  .transform((text) => ({ ids: text === '' ? [] : text.split(',').map(Number) }))
  .meta({ type: 'string', pattern: '^(\\d{1,7}(,\\d{1,7})*)?$', description: 'Token ids with commas between them.' })

/** A whole number as it stands in a query string. */
export function integerText(min: number, max: number, description: string) {
  return z
    .string()
    .regex(/^\d{1,16}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max, description })
}

export function booleanText(description: string) {
  return z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .meta({ type: 'boolean', description })
}

/** The pattern of a link: `q` as text or `q64` as base64 of its bytes. */
export const patternLink = {
  q: z.string().optional().describe('The pattern as text.'),
  q64: z.string().optional().describe('The pattern as base64 of its bytes, instead of q.'),
  ids: idsLink.optional().describe('The pattern as token ids with commas between them, for an index of tokens.'),
  ignoreCase: booleanText('Unicode simple case folding.').optional(),
  flexibleSpace: booleanText('Inner white space matches any white space.').optional(),
  partial: partialField,
  deadlineMs: integerText(1, limits.maxDeadlineMs, 'Milliseconds until the server gives up.').optional(),
}

interface PatternLink {
  q?: string
  q64?: string
  ids?: { ids: number[] }
  ignoreCase?: boolean
  flexibleSpace?: boolean
  deadlineMs?: number
}

/**
 * Says in the fields of a body what a link says; fields of the link that the body has too stay as they are.
 *
 * Throws `bad-argument` unless exactly one of `q`, `q64` and `ids` is there.
 */
export function readPatternLink<Link extends PatternLink>({ q, q64, ids, ignoreCase, flexibleSpace, ...rest }: Link) {
  if ([q, q64, ids].filter((form) => form !== undefined).length !== 1) {
    throw new OmnigramError(
      'bad-argument',
      'The address needs either q, the pattern as text, or q64, its bytes as base64, or ids, its token ids.',
    )
  }
  return { ...rest, ...readMatching({ ignoreCase, flexibleSpace }), pattern: q ?? ids ?? { base64: q64 ?? '' } }
}

export function readMatching(matching: { ignoreCase?: boolean; flexibleSpace?: boolean }) {
  return Object.values(matching).some((chosen) => chosen !== undefined) ? { matching } : {}
}
