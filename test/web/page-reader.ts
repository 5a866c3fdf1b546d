/** How does a test ask an index that lies in a page as it asks any reader? */
import type { Page } from 'playwright-core'
import { type ErrorCode, OmnigramError } from '../../src/core/errors.js'
import type { Pattern } from '../../src/core/pattern.js'
import type {
  CallOptions,
  Cursor,
  CursorBatch,
  CursorStart,
  IndexReader,
  Match,
  NextListOptions,
  NextSymbols,
  Symbols,
  SymbolUnit,
} from '../../src/query/index-reader.js'
import type { NaiveDocument } from '../../src/query/testkit/naive-shard.js'
import { packValue, unpackValue } from './plain-values.js'

declare global {
  /** `reader-page.mjs` puts it there. */
  var askPage: (text: string) => Promise<string>
}

export type PageSource =
  | { readonly kind: 'address' | 'file' | 'buffer'; readonly address: string }
  | { readonly kind: 'built'; readonly documents: readonly NaiveDocument[]; readonly facetFields: readonly string[] }

interface CursorState {
  readonly id: number
  readonly count: number
  readonly match: Match
}

interface PlaceState {
  readonly batch: number
  readonly place: number
  readonly count: number
  readonly cursor: CursorState
}

type Description = Pick<
  IndexReader,
  'name' | 'generation' | 'manifestSha256' | 'manifest' | 'parts' | 'facetFields' | 'isVerified'
>

interface Opened {
  readonly id: number
  readonly description: Description
  readonly cursor: CursorState
  readonly starts: Readonly<Record<CursorStart, readonly PlaceState[]>>
}

/** The page in which the indexes lie. */
class AskedPage {
  constructor(readonly page: Page) {}

  async call<Result>(...call: readonly unknown[]): Promise<Result> {
    const answer = await this.page.evaluate((text) => askPage(text), packValue(call))
    const { result, error } = unpackValue(answer) as { result: Result; error?: { code: ErrorCode; detail: string } }
    if (error) throw new OmnigramError(error.code, error.detail)
    return result
  }
}

/** Opens `source` in the page, twice: in the worker of `omnigram/browser`, and on the page's thread. */
export async function openPageReader(page: Page, source: PageSource, blockBits: number): Promise<IndexReader> {
  const asked = new AskedPage(page)
  return makeReader(asked, await asked.call<Opened>('open', source, blockBits))
}

const asynchronous = [
  'count',
  'find',
  'documents',
  'countDocuments',
  'countFacets',
  'findDocuments',
  'occurrence',
  'extract',
  'document',
  'documentInfo',
  'findExternalId',
  'countUnits',
  'next',
  'trace',
  'encode',
  'decode',
  'decodeAlone',
] as const satisfies readonly (keyof IndexReader)[]

function makeReader(asked: AskedPage, { id, description, cursor, starts }: Opened): IndexReader {
  const methods = asynchronous.map((method) => [
    method,
    (...args: readonly unknown[]) => asked.call('ask', id, method, args),
  ])
  const reader: IndexReader = {
    ...(Object.fromEntries(methods) as Pick<IndexReader, (typeof asynchronous)[number]>),
    ...description,
    cursor: () => new PageCursor(asked, id, cursor),
    cursors: (size, start = 'anywhere') =>
      new PageCursorBatch(asked, id, new Array<PlaceState>(size).fill(starts[start][0])),
    // A page has all shards of what it opened.
    lacking: () => reader,
    close: () => asked.call('close', id),
  }
  return reader
}

/** The state of each step stays in the page, so that forks cost nothing. */
class PageCursor implements Cursor {
  readonly #asked: AskedPage
  readonly #reader: number
  #state: CursorState

  constructor(asked: AskedPage, reader: number, state: CursorState) {
    this.#asked = asked
    this.#reader = reader
    this.#state = state
  }

  get count(): number {
    return this.#state.count
  }

  async push(symbols: Pattern): Promise<number> {
    this.#state = await this.#asked.call<CursorState>('pushCursor', this.#reader, this.#state.id, symbols)
    return this.#state.count
  }

  fork(): Cursor {
    return new PageCursor(this.#asked, this.#reader, this.#state)
  }

  next(unit?: SymbolUnit, options?: NextListOptions): Promise<NextSymbols> {
    return this.#ask('next', unit, options)
  }

  follow(limit: number, maxSymbols: number, options?: CallOptions): Promise<Symbols[]> {
    return this.#ask('follow', limit, maxSymbols, options)
  }

  toMatch(): Match {
    return this.#state.match
  }

  #ask<Result>(method: keyof Cursor, ...args: readonly unknown[]): Promise<Result> {
    return this.#asked.call('askCursor', this.#reader, this.#state.id, method, args)
  }
}

class PageCursorBatch implements CursorBatch {
  readonly #asked: AskedPage
  readonly #reader: number
  readonly #places: readonly PlaceState[]

  constructor(asked: AskedPage, reader: number, places: readonly PlaceState[]) {
    this.#asked = asked
    this.#reader = reader
    this.#places = places
  }

  get size(): number {
    return this.#places.length
  }

  get counts(): Float64Array {
    return Float64Array.from(this.#places, ({ count }) => count)
  }

  push(symbols: Symbols): Promise<CursorBatch> {
    return this.#grow('push', symbols)
  }

  pushEach(symbols: Symbols): Promise<CursorBatch> {
    return this.#grow('pushEach', symbols)
  }

  select(places: ArrayLike<number>): CursorBatch {
    return this.#with(Array.from(places, (place) => this.#places[place]))
  }

  concat(other: CursorBatch): CursorBatch {
    if (!(other instanceof PageCursorBatch)) throw new OmnigramError('bad-argument', 'The batch is of another reader.')
    return this.#with([...this.#places, ...other.#places])
  }

  cursor(place: number): Cursor {
    return new PageCursor(this.#asked, this.#reader, this.#places[place].cursor)
  }

  async #grow(method: 'push' | 'pushEach', symbols: Symbols): Promise<CursorBatch> {
    const places = this.#places.map(({ batch, place }) => [batch, place])
    return this.#with(await this.#asked.call<PlaceState[]>('pushBatch', this.#reader, places, method, symbols))
  }

  #with(places: readonly PlaceState[]): CursorBatch {
    return new PageCursorBatch(this.#asked, this.#reader, places)
  }
}
