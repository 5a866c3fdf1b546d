/** How does a client write a pattern, and what does it stand for? */
import { z } from 'zod'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { Matching, Pattern } from '../../core/pattern.js'
import type { IndexReader } from '../../query/index-reader.js'
import { encodePattern } from '../../query/pattern-bytes.js'

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/** Text, or bytes: as base64 in JSON, as they are in MessagePack; or token ids, for an index of tokens. */
export type WrittenPattern = string | { readonly base64: string } | { readonly ids: readonly number[] } | Uint8Array

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
    description: [
      `Text, or bytes as base64 (in MessagePack also binary); at most ${limits.patternUnits} UTF-16 units.`,
      'In an index of tokens text is tokenised, and token ids are taken as they are.',
    ].join(' '),
    anyOf: [
      { type: 'string', maxLength: limits.patternUnits },
      {
        type: 'object',
        properties: { base64: { type: 'string', pattern: '^([A-Za-z0-9+/]{4})*$', maxLength: limits.patternUnits } },
        required: ['base64'],
        additionalProperties: false,
      },
      {
        type: 'object',
        properties: {
          ids: {
            type: 'array',
            items: { type: 'integer', minimum: 0, maximum: limits.vocabulary - 1 },
            maxItems: limits.patternUnits,
          },
        },
        required: ['ids'],
        additionalProperties: false,
      },
    ],
    examples: ['natural language', { base64: 'bmEA' }, { ids: [504, 2365] }],
  })

const expected = 'expected a string, {"base64": "…"} or {"ids": […]}'

function findIdsFault({ ids, ...rest }: { ids: unknown }): string | null {
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) return `the field '${unknown}' is not known`
  if (!Array.isArray(ids)) return expected
  if (ids.length > limits.patternUnits) return `${ids.length} token ids, the limit is ${limits.patternUnits}`
  const at = ids.findIndex((id) => !Number.isSafeInteger(id) || id < 0 || id >= limits.vocabulary)
  return at < 0 ? null : `ids/${at} is no token id from 0 to ${limits.vocabulary - 1}`
}

function findFault(value: unknown): string | null {
  if (typeof value === 'string') return value.length > limits.patternUnits ? tooLong(value.length) : null
  if (value instanceof Uint8Array) return null
  if (typeof value !== 'object' || value === null) return expected
  if (Object.hasOwn(value, 'ids')) return findIdsFault(value as { ids: unknown })
  const { base64: text, ...rest } = value as { base64?: unknown }
  if (typeof text !== 'string') return expected
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
  return 'ids' in written ? Uint32Array.from(written.ids) : Buffer.from(written.base64, 'base64')
}

/** In an index of tokens: the ids that each pattern is searched by, so that text goes to the tokenizer only once. */
export async function resolvePatterns(
  reader: IndexReader,
  written: readonly WrittenPattern[],
  pointTo?: (at: number) => string,
): Promise<{ patterns: Pattern[]; ids: (number[] | undefined)[] }> {
  const patterns = written.map(toPattern)
  if (reader.manifest.symbols === 'bytes') return { patterns, ids: [] }
  const symbols = await nameFaultyPattern(reader, patterns, undefined, () => reader.encode(patterns), pointTo)
  return { patterns: symbols, ids: symbols.map((ids) => [...ids]) }
}

/** As {@link resolvePatterns}, of one; `declared` goes into the answer. */
export async function resolvePattern(reader: IndexReader, written: WrittenPattern) {
  const pattern = toPattern(written)
  if (reader.manifest.symbols === 'bytes') return { pattern, declared: {} }
  const [ids] = await reader.encode([pattern])
  return { pattern: ids, declared: { ids: [...ids] } }
}

export const declaredIds = z
  .array(z.number().int().min(0))
  .optional()
  .describe('In an index of tokens: the token ids that were searched.')

/** How the answer names it: as it was written, bytes as base64 in every format. */
export function echoPattern(written: WrittenPattern): string | { base64: string } | { ids: number[] } {
  if (typeof written === 'string') return written
  if ('ids' in written) return { ids: [...written.ids] }
  return { base64: written instanceof Uint8Array ? Buffer.from(written).toString('base64') : written.base64 }
}

export const echoedPatternSchema = z
  .union([z.string(), z.strictObject({ base64: z.string() }), z.strictObject({ ids: z.array(z.number().int()) })])
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

/** Does `work`; when one of the patterns cannot be searched, the error says which one: where it stands in the request. */
export async function nameFaultyPattern<Outcome>(
  reader: IndexReader,
  patterns: readonly Pattern[],
  matching: Matching | undefined,
  work: () => Promise<Outcome>,
  pointTo: (at: number) => string = (at) => `/patterns/${at}`,
): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OmnigramError && error.code === 'bad-pattern')
      await checkEach(reader, patterns, matching, pointTo)
    throw error
  }
}

async function checkEach(
  reader: IndexReader,
  patterns: readonly Pattern[],
  matching: Matching | undefined,
  pointTo: (at: number) => string,
): Promise<void> {
  const isBytes = reader.manifest.symbols === 'bytes'
  for (const [at, pattern] of patterns.entries()) {
    try {
      if (isBytes) encodePattern(pattern, matching)
      else await reader.encode([pattern])
    } catch (error) {
      const { code, detail } = toOmnigramError(error)
      throw new OmnigramError(code, `In the request at ${pointTo(at)}: ${detail}`, { cause: error })
    }
  }
}
