/** What does a client of infini-gram ask a token index? Checked and refused in the words of the original. */
import { OmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import { DoorError, missingField } from './door-error.js'

export const tokenQueryTypes = [
  'count',
  'find',
  'find_cnf',
  'prob',
  'ntd',
  'infgram_prob',
  'infgram_ntd',
  'search_docs',
  'get_doc_by_rank',
  'get_doc_by_ptr',
] as const

export type TokenQueryType = (typeof tokenQueryTypes)[number]

const maxCharacters = 1_000
const maxTokens = 500
const maxClauses = 4
const maxTerms = 4

/** Terms of which one must stand, clauses that must all stand. */
export type Clauses = readonly (readonly Uint32Array[])[]

export interface TokenRequest {
  readonly index: string
  readonly queryType: TokenQueryType
  readonly fields: Readonly<Record<string, unknown>>
}

/** Throws {@link DoorError}. */
export function readTokenRequest(fields: Readonly<Record<string, unknown>>, index: string): TokenRequest {
  if (!Object.hasOwn(fields, 'query_type')) throw missingField('query_type')
  const queryType = tokenQueryTypes.find((type) => type === fields.query_type)
  if (queryType) return { index, queryType, fields }
  throw new DoorError(400, `[Flask] Invalid query_type: ${String(JSON.stringify(fields.query_type)).slice(0, 100)}`)
}

/** `hasClauses`: whether ` AND ` and ` OR `, or nested ids, say that several things are asked. Throws {@link DoorError}. */
export async function readClauses(
  reader: IndexReader,
  { query, query_ids: ids }: Readonly<Record<string, unknown>>,
  hasClauses: boolean,
): Promise<Clauses> {
  if ((query === undefined) === (ids === undefined)) {
    throw new DoorError(400, '[Flask] Exactly one of query and query_ids must be present!')
  }
  const written = ids === undefined ? splitQuery(query, hasClauses) : nestIds(ids, hasClauses)
  if (written.length > maxClauses) {
    throw new DoorError(400, `Please enter at most ${maxClauses} disjunctive clauses!`)
  }
  if (written.some((clause) => clause.length > maxTerms)) {
    throw new DoorError(400, `Please enter at most ${maxTerms} terms in each disjunctive clause!`)
  }
  const terms = (await encodeTerms(reader, written.flat())) as Uint32Array[]
  if (terms.reduce((sum, { length }) => sum + length, 0) > maxTokens) {
    throw new DoorError(400, `Please limit your input to <= ${maxTokens} tokens!`)
  }
  if (hasClauses && terms.length > 1 && terms.some(({ length }) => length === 0)) {
    throw new DoorError(400, 'Please provide a non-empty query!')
  }
  let end = 0
  return written.map((clause) => {
    end += clause.length
    return terms.slice(end - clause.length, end)
  })
}

async function encodeTerms(reader: IndexReader, terms: readonly (string | Uint32Array)[]) {
  try {
    return await reader.encode(terms)
  } catch (error) {
    const isOutOfRange = error instanceof OmnigramError && error.code === 'bad-pattern' && typeof terms[0] !== 'string'
    throw isOutOfRange ? new DoorError(400, 'Some item(s) in your query_ids are out-of-range!') : error
  }
}

function splitQuery(query: unknown, hasClauses: boolean): string[][] {
  if (typeof query !== 'string') throw new DoorError(400, 'query must be a string!')
  if (query.length > maxCharacters) {
    throw new DoorError(400, `Please limit your input to <= ${maxCharacters} characters!`)
  }
  return hasClauses ? query.split(' AND ').map((clause) => clause.split(' OR ')) : [[query]]
}

function nestIds(ids: unknown, hasClauses: boolean): Uint32Array[][] {
  if (isIds(ids)) return [[toIds(ids)]]
  const isNested =
    hasClauses &&
    Array.isArray(ids) &&
    ids.every((clause) => Array.isArray(clause) && clause.length > 0 && clause.every(isIds))
  if (isNested) return (ids as number[][][]).map((clause) => clause.map(toIds))
  throw new DoorError(400, 'query_ids must be a list of integers, or a triply-nested list of integers!')
}

function isIds(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((id) => Number.isSafeInteger(id))
}

function toIds(ids: readonly number[]): Uint32Array {
  if (ids.some((id) => id < 0 || id >= 2 ** 32)) {
    throw new DoorError(400, 'Some item(s) in your query_ids are out-of-range!')
  }
  return Uint32Array.from(ids)
}

/** Throws {@link DoorError}. */
export function readNumber(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  min: number,
  max: number,
  byDefault?: number,
): number {
  const { [name]: value = byDefault } = fields
  if (value === undefined) throw missingField(name)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new DoorError(400, `${name} must be an integer in [${min}, ${max}]!`)
}
