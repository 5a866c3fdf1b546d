/** What does a request to the compatible door ask for? Checked and refused in the order and words of the original. */
import { DoorError, missingField } from './door-error.js'

const queryTypes = ['count', 'find', 'get_doc_by_rank'] as const
type QueryType = (typeof queryTypes)[number]

/** Bytes of context on each side of the match: the documented default and range of the original. */
const defaultContextBytes = 1_000
const maxContextBytes = 10_000

export interface DoorRequest {
  readonly index: string
  readonly queryType: QueryType
  readonly query: string
}

export interface RankRequest {
  readonly shard: number
  readonly rank: number
  readonly contextBytes: number
}

type Fields = Readonly<Record<string, unknown>>

/** Fields that are not known are ignored, as they are there. Throws {@link DoorError}. */
export function readDoorRequest(body: unknown, isServed: (index: string) => boolean): DoorRequest & { fields: Fields } {
  const fields: Fields = typeof body === 'object' && body !== null ? { ...body } : {}
  for (const name of ['query_type', 'index', 'query']) {
    if (!Object.hasOwn(fields, name)) throw missingField(name)
  }
  const { query_type: queryType, index, query } = fields
  if (typeof index !== 'string' || !isServed(index)) throw new DoorError(400, `[Flask] Invalid index: ${show(index)}`)
  if (!isQueryType(queryType)) throw new DoorError(400, `[Flask] Invalid query_type: ${show(queryType)}`)
  if (typeof query !== 'string') throw new DoorError(400, 'query must be a string!')
  return { index, queryType, query, fields }
}

function isQueryType(value: unknown): value is QueryType {
  return queryTypes.some((type) => type === value)
}

/** Throws {@link DoorError} where the original crashed. */
export function readRankRequest(fields: Fields): RankRequest {
  for (const name of ['s', 'rank']) {
    if (!Object.hasOwn(fields, name)) throw missingField(name)
  }
  const { s: shard, rank, max_ctx_len: contextBytes = defaultContextBytes } = fields
  return {
    shard: readInteger('s', shard, 0, Number.MAX_SAFE_INTEGER),
    rank: readInteger('rank', rank, 0, Number.MAX_SAFE_INTEGER),
    contextBytes: readInteger('max_ctx_len', contextBytes, 1, maxContextBytes),
  }
}

function readInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  throw new DoorError(400, `${name} must be an integer ${bounds}!`)
}

function show(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 100)
}
