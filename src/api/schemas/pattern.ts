/** How does a client write a pattern, and what does it stand for? */
import { z } from 'zod'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { Matching, Pattern } from '../../core/pattern.js'
import { encodePattern } from '../../query/pattern-bytes.js'

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/** Text, or bytes: as base64 in JSON, as they are in MessagePack. */
export type WrittenPattern = string | { readonly base64: string } | Uint8Array

/** A hand-written check instead of a union: it is on the way of every pattern and says better what is wrong. */
export const patternSchema = z
  .custom<WrittenPattern>()
  .superRefine((value, context) => {
    const message = findFault(value)
    if (message) context.addIssue({ code: 'custom', message })
  })
  .meta({
    id: 'Pattern',
    type: ['string', 'object'],
    description: `Text, or bytes as base64 (in MessagePack also binary); at most ${limits.patternUnits} UTF-16 units.`,
    anyOf: [
      { type: 'string', maxLength: limits.patternUnits },
      {
        type: 'object',
        properties: { base64: { type: 'string', pattern: '^([A-Za-z0-9+/]{4})*$', maxLength: limits.patternUnits } },
        required: ['base64'],
        additionalProperties: false,
      },
    ],
    examples: ['natural language', { base64: 'bmEA' }],
  })

function findFault(value: unknown): string | null {
  if (typeof value === 'string') return value.length > limits.patternUnits ? tooLong(value.length) : null
  if (value instanceof Uint8Array) return null
  if (typeof value !== 'object' || value === null) return 'expected a string or {"base64": "…"}'
  const { base64: text, ...rest } = value as { base64?: unknown }
  if (typeof text !== 'string') return 'expected a string or {"base64": "…"}'
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) return `the field '${unknown}' is not known`
  if (!base64.test(text) || text.replaceAll('=', '').length % 4 === 1) return 'base64 is not valid base64'
  return null
}

function tooLong(units: number): string {
  return `${units} UTF-16 units, the limit is ${limits.patternUnits}`
}

/** What the index is asked for. */
export function toPattern(written: WrittenPattern): Pattern {
  if (typeof written === 'string' || written instanceof Uint8Array) return written
  return Buffer.from(written.base64, 'base64')
}

/** How the answer names it: as it was written, bytes as base64 in every format. */
export function echoPattern(written: WrittenPattern): string | { base64: string } {
  if (typeof written === 'string') return written
  return { base64: written instanceof Uint8Array ? Buffer.from(written).toString('base64') : written.base64 }
}

export const echoedPatternSchema = z
  .union([z.string(), z.strictObject({ base64: z.string() })])
  .meta({ id: 'EchoedPattern' })

export const matchingSchema = z
  .strictObject({
    ignoreCase: z.boolean().optional().describe('Unicode simple case folding, code point by code point, no locale.'),
    flexibleSpace: z
      .boolean()
      .optional()
      .describe('A run of white space inside the pattern matches any run of white space.'),
  })
  .meta({ id: 'Matching', description: 'How a pattern may match besides byte for byte. Every count stays exact.' })

/** Does `work`; when one of the patterns cannot be searched, the error says which one. */
export async function nameFaultyPattern<Outcome>(
  patterns: readonly Pattern[],
  matching: Matching | undefined,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OmnigramError && error.code === 'bad-pattern') checkEach(patterns, matching)
    throw error
  }
}

function checkEach(patterns: readonly Pattern[], matching: Matching | undefined): void {
  for (const [at, pattern] of patterns.entries()) {
    try {
      encodePattern(pattern, matching)
    } catch (error) {
      const { code, detail } = toOmnigramError(error)
      throw new OmnigramError(code, `In the request at /patterns/${at}: ${detail}`, { cause: error })
    }
  }
}
