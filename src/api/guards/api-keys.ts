/** Who asks, and what may they ask? */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'

/**
 * `count`: counts, next symbols, facets. `search`: ranges and traces. `documents`: text. `batch`: many patterns in one
 * request, exports, and checks of benchmarks. `publish`: what everybody sees in the table of the community. `admin`:
 * metrics, and checks of others.
 */
export const scopes = ['count', 'search', 'documents', 'batch', 'publish', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** Throws `bad-argument` for a name that is no scope. */
export function readScopes(names: readonly string[]): Scope[] {
  return names.map((name) => {
    const scope = scopes.find((candidate) => candidate === name)
    if (!scope) throw new OmnigramError('bad-argument', `'${name}' is none of the scopes ${scopes.join(', ')}.`)
    return scope
  })
}

/** What is kept of a key. */
export const keyRecord = z.strictObject({
  /** Name in the log and in the rate limit. */
  id: z.string().min(1).max(64),
  /** The open part of the key, by which its record is found. */
  prefix: z.string().regex(/^[0-9a-f]{8}$/),
  /** Of the secret part. A random secret needs no slow hash. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.enum(scopes)).min(1),
  /** Names, or `*` for all. */
  indexes: z.array(z.string().min(1)).min(1),
  expires: z.iso.datetime().nullable(),
})

export type KeyRecord = z.infer<typeof keyRecord>

/** Somebody who may ask. */
export interface Client {
  readonly id: string
  readonly isKey: boolean
  hasScope(scope: Scope): boolean
  mayRead(index: string): boolean
}

/** Scopes that are only ever given to keys. */
export const keyScopes: readonly Scope[] = ['publish', 'admin']

/** Somebody without a key, who may ask what these scopes say of all indexes. */
export function makePublicClient(allowed: readonly Scope[]): Client {
  const hasScope = (scope: Scope) => allowed.includes(scope) && !keyScopes.includes(scope)
  return { id: 'anonymous', isKey: false, hasScope, mayRead: () => true }
}

/** Everybody, where no keys are asked for. */
export const anonymous: Client = makePublicClient(scopes)

const keyForm = /^Bearer omg_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/i
const noSecret = Buffer.alloc(32)

/** Keys with their rights. A key is looked up by its prefix and compared in a time that tells nothing. */
export class ApiKeys {
  readonly #records: ReadonlyMap<string, KeyRecord>

  constructor(records: readonly KeyRecord[]) {
    this.#records = new Map(records.map((record) => [record.prefix, record]))
  }

  /** The client behind an `Authorization` header. Throws `unauthorized`, the same for all wrong keys. */
  identify(authorization: string | undefined, nowMs = Date.now()): Client {
    if (authorization === undefined) throw new OmnigramError('unauthorized', 'There is no Authorization header.')
    const match = keyForm.exec(authorization)
    const record = match ? this.#records.get(match[1].toLowerCase()) : undefined
    const expected = record ? Buffer.from(record.sha256, 'hex') : noSecret
    const isRight = timingSafeEqual(hashSecret(match?.[2] ?? ''), expected)
    const isOver = record?.expires != null && Date.parse(record.expires) <= nowMs
    if (!record || !isRight || isOver) throw new OmnigramError('unauthorized', 'The key is not valid.')
    return {
      id: record.id,
      isKey: true,
      hasScope: (scope) => record.scopes.includes(scope),
      mayRead: (index) => record.indexes.includes('*') || record.indexes.includes(index),
    }
  }
}

function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** A new key and what the file keeps of it: the key itself is shown once and nowhere written. */
export function makeApiKey(rights: Omit<KeyRecord, 'prefix' | 'sha256'>): { key: string; record: KeyRecord } {
  const prefix = randomBytes(4).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  return { key: `omg_${prefix}_${secret}`, record: { ...rights, prefix, sha256: hashSecret(secret).toString('hex') } }
}
