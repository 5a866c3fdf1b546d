/** What is a resource of the API? One declaration that validates, answers and documents. */
import type { z } from 'zod'
import { type ErrorCode, OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import type { ContaminationDesk } from './contamination/contamination-desk.js'
import type { PageCursors } from './cursor-signer.js'
import type { CompletionDesk } from './drafting/completion-desk.js'
import type { DraftSessions } from './drafting/draft-sessions.js'
import type { Client, Scope } from './guards/api-keys.js'
import type { Format } from './http/media-type.js'
import type { ServedIndexes } from './served-indexes.js'
import type { TrapDesk } from './traps/trap-desk.js'

/** The form of a route without a body: what stands in the query string, and the same said in the fields of the body. */
interface Link<Query extends z.ZodType, Asked extends z.ZodType> {
  /** GET by default; the others change something. A route with an `upload` is POST. */
  readonly method?: 'GET' | 'PUT' | 'DELETE'
  readonly query: Query
  /** Names that may stand more than once. */
  readonly repeated?: readonly string[]
  toRequest(query: z.output<Query>): z.input<Asked>
}

/** A file that comes as the body, as it is; what to do with it stands in the query string. */
export interface Upload {
  readonly maxBytes: number
  /** Media types that are taken. */
  readonly mediaTypes: readonly string[]
  /** What such a file holds, for the OpenAPI document. */
  readonly example: string
}

/** What a handler may use. */
export interface RouteContext<Params, Asked> {
  readonly params: Params
  readonly request: Asked
  /** The indexes named in the path, read as one. */
  readonly reader: IndexReader
  /** Those that the client may read. */
  readonly indexes: ServedIndexes
  readonly cursors: PageCursors
  readonly contamination: ContaminationDesk
  readonly traps: TrapDesk
  readonly drafting: DraftSessions
  readonly completions: CompletionDesk
  readonly client: Client
  /** By what its share is counted: a key or an address. */
  readonly account: string
  /** The file that was uploaded. */
  readonly file: Buffer
  /** Aborted when the client goes away or the deadline passes. */
  readonly signal: AbortSignal
}

/** Reads one page of an export, under the signal of the client and within a deadline of its own. */
export type ReadPage = <Page>(read: (signal: AbortSignal) => Promise<Page>) => Promise<Page>

/** Rows of an export, made as fast as the client reads them. */
export interface RowStream<Row = unknown> {
  /** Name of the file it becomes, without its ending. */
  readonly fileName: string
  readonly columns: readonly string[]
  readonly rows: AsyncIterable<Row>
  /** Values of the columns, for formats that are not nested. */
  toCells(row: Row): readonly (string | number | null | undefined)[]
}

interface RouteSpec<
  Params extends z.ZodType,
  Asked extends z.ZodType,
  Answer extends z.ZodType,
  Query extends z.ZodType,
> {
  readonly operationId: string
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tag: 'search' | 'documents' | 'indexes' | 'contamination' | 'traps' | 'drafting'
  readonly scope: Scope
  readonly params: Params
  readonly request: Asked
  readonly link?: Link<Query, Asked>
  /** False for what is only read by link. */
  readonly hasBody: boolean
  readonly upload?: Upload
  readonly answer: Answer
  /** Status of the answer; 200 unless the work goes on after it. */
  readonly status?: 200 | 202
  readonly problems: readonly ErrorCode[]
  /** Points of the rate limit: 1 is a count of one short pattern. */
  cost(request: z.output<Asked>): number
  /** A scope that this request needs besides. */
  extraScope?(request: z.output<Asked>): Scope | null
  handle(context: RouteContext<z.output<Params>, z.output<Asked>>): Promise<Omit<z.input<Answer>, 'tookMs'>>
  /** The state that the answer speaks of, where that is not the one of the indexes; null: nobody may keep the answer. */
  fingerprint?(context: RouteContext<z.output<Params>, z.output<Asked>>): string | null
  /** The answer each time it changes, up to the last one. */
  watch?(context: RouteContext<z.output<Params>, z.output<Asked>>): AsyncIterable<Omit<z.input<Answer>, 'tookMs'>>
  /** The answer as it comes about, a line of JSON each. */
  live?(context: RouteContext<z.output<Params>, z.output<Asked>>): AsyncIterable<object>
  /** The same question answered by all its rows, for exports. */
  stream?(context: RouteContext<z.output<Params>, z.output<Asked>>, readPage: ReadPage): Promise<RowStream>
}

/** A request that passed validation, its types erased. */
export interface PreparedCall {
  /** The `names` of the path. */
  readonly names: string | null
  /** The request as one string: equal requests are equal strings. */
  readonly canonical: string
  readonly cost: number
  /** As the request says it. */
  readonly deadlineMs: number | undefined
  /** Whether the answer may lack shards that nobody answers for. */
  readonly allowsPartial: boolean
  readonly extraScope: Scope | null
  handle(tools: RouteTools): Promise<object>
  /** Undefined where the answer speaks of the state of the indexes. */
  fingerprint(tools: RouteTools): string | null | undefined
  watch(tools: RouteTools): AsyncIterable<object>
  live(tools: RouteTools): AsyncIterable<object>
  stream(tools: RouteTools, readPage: ReadPage): Promise<RowStream>
}

export type RouteTools = Omit<RouteContext<never, never>, 'params' | 'request'>

/** What the mounting and the OpenAPI document need of a route. */
export interface Route {
  readonly operationId: string
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly scope: Scope
  readonly formats: readonly Format[]
  /** Whether its JSON lines are the answer as it comes about, not an export. */
  readonly isLive: boolean
  /** Of the form without a body, where there is one. */
  readonly linkMethod: 'GET' | 'PUT' | 'DELETE' | 'POST' | null
  readonly upload: Upload | null
  readonly status: 200 | 202
  readonly schemas: {
    params: z.ZodType
    request: z.ZodType
    answer: z.ZodType
    query: z.ZodType | null
    hasBody: boolean
  }
  readonly problems: readonly ErrorCode[]
  prepareBody(params: unknown, body: unknown): PreparedCall
  prepareLink(params: unknown, query: ReadonlyMap<string, readonly string[]>): PreparedCall
}

/** Types are checked here, once; what comes out is the same for every route. */
export function defineRoute<
  Params extends z.ZodType,
  Asked extends z.ZodType,
  Answer extends z.ZodType,
  Query extends z.ZodType,
>(spec: RouteSpec<Params, Asked, Answer, Query>): Route {
  const prepare = (rawParams: unknown, rawRequest: unknown): PreparedCall => {
    const params = validate(spec.params, rawParams, 'path')
    const request = validate(spec.request, rawRequest, 'request')
    return {
      names: readNames(params),
      get canonical() {
        return JSON.stringify([spec.operationId, params, request])
      },
      cost: spec.cost(request),
      deadlineMs: readDeadline(request),
      allowsPartial: (request as { partial?: unknown } | null)?.partial === 'allow',
      extraScope: spec.extraScope?.(request) ?? null,
      handle: (tools) => spec.handle(makeContext(tools, params, request)),
      fingerprint: (tools) => spec.fingerprint?.(makeContext(tools, params, request)),
      watch: (tools) => {
        if (!spec.watch) throw new OmnigramError('not-acceptable', 'There are no events here.')
        return spec.watch(makeContext(tools, params, request))
      },
      live: (tools) => {
        if (!spec.live) throw new OmnigramError('not-acceptable', 'There is nothing to follow here.')
        return spec.live(makeContext(tools, params, request))
      },
      stream: async (tools, readPage) => {
        if (!spec.stream) throw new OmnigramError('not-acceptable', 'There is no export here.')
        return spec.stream(makeContext(tools, params, request), readPage)
      },
    }
  }
  return {
    operationId: spec.operationId,
    path: spec.path,
    summary: spec.summary,
    description: spec.description,
    tag: spec.tag,
    scope: spec.scope,
    formats: [
      'json',
      'msgpack',
      ...(spec.stream ? (['ndjson', 'csv'] as const) : spec.live ? (['ndjson'] as const) : []),
      ...(spec.watch ? (['events'] as const) : []),
    ],
    isLive: spec.live !== undefined,
    linkMethod: spec.link ? (spec.upload ? 'POST' : (spec.link.method ?? 'GET')) : null,
    upload: spec.upload ?? null,
    status: spec.status ?? 200,
    schemas: {
      params: spec.params,
      request: spec.request,
      answer: spec.answer,
      query: spec.link?.query ?? null,
      hasBody: spec.hasBody,
    },
    problems: spec.problems,
    prepareBody: prepare,
    prepareLink: (params, query) => {
      if (!spec.link) throw new OmnigramError('method-not-allowed', 'Only POST is taken here.')
      const link = validate(spec.link.query, toFields(query, spec.link.repeated ?? []), 'query')
      return prepare(params, spec.link.toRequest(link))
    },
  }
}

/** Field by field: `reader` and `file` are only looked at by routes that have one. */
function makeContext<Params, Asked>(tools: RouteTools, params: Params, request: Asked): RouteContext<Params, Asked> {
  const { indexes, cursors, contamination, traps, drafting, completions, client, account, signal } = tools
  return {
    params,
    request,
    indexes,
    cursors,
    contamination,
    traps,
    drafting,
    completions,
    client,
    account,
    signal,
    get reader() {
      return tools.reader
    },
    get file() {
      return tools.file
    },
  }
}

function readNames(params: unknown): string | null {
  const names = (params as { names?: unknown } | null)?.names
  return typeof names === 'string' ? names : null
}

function readDeadline(request: unknown): number | undefined {
  const deadlineMs = (request as { deadlineMs?: unknown } | null)?.deadlineMs
  return typeof deadlineMs === 'number' ? deadlineMs : undefined
}

function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const pointer = issue.path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  throw new OmnigramError('bad-argument', `In the ${where}${pointer && ` at ${pointer}`}: ${issue.message}.`)
}

function toFields(query: ReadonlyMap<string, readonly string[]>, repeated: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    [...query].map(([name, values]) => {
      if (repeated.includes(name)) return [name, values]
      if (values.length > 1)
        throw new OmnigramError('bad-argument', `${name} stands ${values.length} times in the address.`)
      return [name, values[0]]
    }),
  )
}
