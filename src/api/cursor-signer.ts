/** Where does the next page begin, in a word that nobody but this server can make? */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import { fingerprintReader } from './fingerprint.js'

/** What the word is about: a change of either makes it useless. */
export interface CursorScope {
  /** The indexes in their state. */
  readonly reader: IndexReader
  /** All of the query that decides which rows there are, and in which order. */
  readonly query: string
}

/** Positions as words, and back. */
export interface PageCursors {
  sign(scope: CursorScope, position: number): string
  /** Throws `bad-cursor` for what is no cursor of this query, `stale-cursor` when the index has changed. */
  open(scope: CursorScope, cursor: string): number
}

const fingerprintBytes = 12
const queryBytes = 12
const positionBytes = 8
const macBytes = 16
const totalBytes = fingerprintBytes + queryBytes + positionBytes + macBytes

/** Signs positions with a key of its own, or with one that several servers share. */
export class CursorSigner implements PageCursors {
  readonly #key: Uint8Array

  constructor(key: Uint8Array = randomBytes(32)) {
    if (key.length < 32) throw new OmnigramError('bad-argument', `The cursor key has ${key.length} bytes, it needs 32.`)
    this.#key = key
  }

  sign(scope: CursorScope, position: number): string {
    const body = Buffer.alloc(totalBytes - macBytes)
    digest(fingerprintReader(scope.reader), fingerprintBytes).copy(body, 0)
    digest(scope.query, queryBytes).copy(body, fingerprintBytes)
    body.writeBigUInt64BE(BigInt(position), fingerprintBytes + queryBytes)
    return Buffer.concat([body, this.#mac(body)]).toString('base64url')
  }

  /** The position. Throws `bad-cursor` for what was not signed here for this query, `stale-cursor` otherwise. */
  open(scope: CursorScope, cursor: string): number {
    const bytes = Buffer.from(cursor, 'base64url')
    if (bytes.length !== totalBytes || bytes.toString('base64url') !== cursor) {
      throw new OmnigramError('bad-cursor', 'It does not have the form of a cursor.')
    }
    const body = bytes.subarray(0, totalBytes - macBytes)
    if (!timingSafeEqual(this.#mac(body), bytes.subarray(totalBytes - macBytes))) {
      throw new OmnigramError('bad-cursor', 'Its signature is not of this server.')
    }
    if (!digest(scope.query, queryBytes).equals(body.subarray(fingerprintBytes, fingerprintBytes + queryBytes))) {
      throw new OmnigramError('bad-cursor', 'It continues another query.')
    }
    if (!digest(fingerprintReader(scope.reader), fingerprintBytes).equals(body.subarray(0, fingerprintBytes))) {
      throw new OmnigramError('stale-cursor', 'The index has changed since.')
    }
    return Number(body.readBigUInt64BE(fingerprintBytes + queryBytes))
  }

  #mac(body: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(body).digest().subarray(0, macBytes)
  }
}

function digest(text: string, bytes: number): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, bytes)
}
