/** How does a request pass through a route? Gate, format, validation, tag, work, answer. */
import type { Express, Request, Response } from 'express'
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import type { ContaminationDesk } from './contamination/contamination-desk.js'
import type { CursorSigner } from './cursor-signer.js'
import type { CompletionDesk } from './drafting/completion-desk.js'
import type { DraftSessions } from './drafting/draft-sessions.js'
import { fingerprintReader } from './fingerprint.js'
import type { Gate, Visitor } from './gate.js'
import { CallSignal, readDeadlineMs, readWaitMs } from './guards/call-signal.js'
import { decodeBody } from './http/decode-body.js'
import { chooseFormat, type Format } from './http/media-type.js'
import { parseQueryString } from './http/query-string.js'
import { readUpload } from './http/read-upload.js'
import { requestIdOf } from './http/request-id.js'
import { hasEntity, makeEntityTag, sendBody } from './http/send.js'
import { sendEvents } from './http/send-events.js'
import { sendLines } from './http/send-lines.js'
import { sendRows } from './http/send-rows.js'
import type { Observer } from './observer.js'
import { answerPartially } from './partial-answer.js'
import type { PreparedCall, ReadPage, Route, RouteTools } from './route.js'
import { restrictIndexes, type ServedIndexes } from './served-indexes.js'
import type { TrapDesk } from './traps/trap-desk.js'

/** What all routes share. */
export interface Service {
  readonly indexes: ServedIndexes
  readonly gate: Gate
  readonly cursors: CursorSigner
  readonly observer: Observer
  readonly contamination: ContaminationDesk
  readonly traps: TrapDesk
  readonly drafting: DraftSessions
  readonly completions: CompletionDesk
  readonly maxDeadlineMs: number
}

/** Mounts routes in their order; those of one path share it, each with methods of its own. */
export function mountRoutes(app: Express, routes: readonly Route[], service: Service): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const group = routes.filter((route) => route.path === path)
    const line = app.route(path)
    const methods = group.flatMap(listMethods)
    for (const route of group) {
      const respond = (request: Request, response: Response) => answer(request, response, route, service)
      if (route.linkMethod === 'GET') line.get(respond)
      if (route.linkMethod === 'PUT') line.put(respond)
      if (route.linkMethod === 'DELETE') line.delete(respond)
      if (route.schemas.hasBody || route.upload) line.post(respond)
    }
    line.all((request, response) => refuseMethod(request, response, methods))
  }
}

function listMethods({ linkMethod, schemas: { hasBody } }: Route): string[] {
  const linked = linkMethod === 'GET' ? ['GET', 'HEAD'] : linkMethod === null ? [] : [linkMethod]
  return hasBody ? [...linked, 'POST'] : linked
}

/** Answers OPTIONS, and throws `method-not-allowed` for all else. */
export function refuseMethod(request: Request, response: Response, methods: readonly string[]): void {
  response.setHeader('Allow', [...methods, 'OPTIONS'].join(', '))
  if (request.method !== 'OPTIONS') {
    throw new OmnigramError('method-not-allowed', `${request.method} is none of ${methods.join(', ')}.`)
  }
  response.statusCode = 204
  response.end()
}

/** One request on its way through a route. */
interface Exchange {
  readonly request: Request
  readonly response: Response
  readonly route: Route
  readonly call: PreparedCall
  readonly visitor: Visitor
  readonly indexes: ServedIndexes
  readonly reader: IndexReader | null
  readonly startMs: number
}

async function answer(request: Request, response: Response, route: Route, service: Service): Promise<void> {
  const startMs = performance.now()
  const { gate, observer } = service
  const visitor = await gate.admit(request, response, route.scope)
  const { client } = visitor
  const format = chooseFormat(request, route.formats)
  const call =
    request.method === 'POST' && !route.upload
      ? route.prepareBody(request.params, await decodeBody(request))
      : route.prepareLink(request.params, parseQueryString(request.url))
  observer.noteQuery(response, call)
  if (call.extraScope) gate.requireScope(client, call.extraScope)
  const indexes = restrictIndexes(service.indexes, client)
  const reader = call.names === null ? null : indexes.open(call.names)
  const exchange: Exchange = { request, response, route, call, visitor, indexes, reader, startMs }
  if (call.allowsPartial && format !== 'json' && format !== 'msgpack') {
    throw new OmnigramError('bad-argument', 'Only a single answer may be partial, no stream or export.')
  }
  if (format === 'ndjson' && route.isLive) {
    await gate.spend(visitor, call.cost - 1, response)
    await follow(exchange, service)
    return
  }
  if (format === 'ndjson' || format === 'csv') {
    gate.requireScope(client, 'batch')
    await gate.spend(visitor, call.cost - 1, response)
    await stream(exchange, format, service)
    return
  }
  if (format === 'events') {
    await gate.spend(visitor, call.cost - 1, response)
    await watch(exchange, service)
    return
  }
  if (isReading(request) && hasAnswer(exchange, format, service)) return
  await gate.spend(visitor, call.cost - 1, response)
  await work(exchange, format, service)
}

function isReading({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Whether the client has this answer already; it is told so, before any work. */
function hasAnswer(exchange: Exchange, format: Format, service: Service): boolean {
  const { request, response, call, indexes, reader } = exchange
  // Which shards are missing is another thing each time.
  const told = call.allowsPartial ? null : call.fingerprint(equip(exchange, service, AbortSignal.abort()))
  if (told === null) {
    response.setHeader('Cache-Control', 'private, no-store')
    return false
  }
  const fingerprint = told ?? (reader ? [reader] : indexes.list()).map(fingerprintReader).join()
  const tag = makeEntityTag(fingerprint, call.canonical, format)
  response.setHeader('Cache-Control', 'private, no-cache')
  response.setHeader('ETag', tag)
  if (!hasEntity(request, tag)) return false
  response.statusCode = 304
  response.end()
  return true
}

async function work(exchange: Exchange, format: 'json' | 'msgpack', service: Service): Promise<void> {
  const { request, response, route, call, startMs } = exchange
  const deadlineMs = readDeadlineMs(request, call.deadlineMs, service.maxDeadlineMs)
  const lane = route.upload ? service.gate.uploads : service.gate.inFlight
  lane.enter()
  try {
    const ending = new CallSignal(response)
    const file = route.upload && (await readUpload(request, route.upload))
    const body = await ending.limit(deadlineMs, (signal) => {
      const handle = (reader: IndexReader | null) => call.handle(equip({ ...exchange, reader }, service, signal, file))
      return call.allowsPartial && exchange.reader
        ? answerPartially(exchange.reader, deadlineMs, handle)
        : handle(exchange.reader)
    })
    if (readWaitMs(request) !== null) {
      response.setHeader('Preference-Applied', `wait=${Math.ceil(deadlineMs / 1_000)}`)
    }
    const tookMs = Math.round((performance.now() - startMs) * 1_000) / 1_000
    response.statusCode = route.status
    sendBody(request, response, format, { ...body, tookMs })
  } finally {
    lane.leave()
  }
}

/** An export takes as long as the client reads; the deadline holds for each page of it. */
async function stream(exchange: Exchange, format: 'ndjson' | 'csv', service: Service): Promise<void> {
  const { request, response, call } = exchange
  const deadlineMs = readDeadlineMs(request, call.deadlineMs, service.maxDeadlineMs)
  service.gate.exports.enter()
  try {
    const ending = new CallSignal(response)
    const readPage: ReadPage = (page) => ending.limit(deadlineMs, page)
    const rows = await readPage((signal) => call.stream(equip(exchange, service, signal), readPage))
    await sendRows(request, response, format, rows, requestIdOf(response))
  } finally {
    service.gate.exports.leave()
  }
}

/** Tells the parts of the answer as they come about; the deadline holds for each. */
async function follow({ request, response, call, ...exchange }: Exchange, service: Service): Promise<void> {
  const deadlineMs = readDeadlineMs(request, call.deadlineMs, service.maxDeadlineMs)
  service.gate.inFlight.enter()
  const ending = new CallSignal(response)
  let parts: AsyncIterator<object> | null = null
  const next = async () => {
    const step = await ending.limit(deadlineMs, (signal) => {
      parts ??= call.live(equip({ request, response, call, ...exchange }, service, signal))[Symbol.asyncIterator]()
      return parts.next()
    })
    return step.done ? null : step.value
  }
  try {
    const error = await sendLines(response, requestIdOf(response), next)
    if (error) service.observer.noteError(error, requestIdOf(response))
  } finally {
    service.gate.inFlight.leave()
    // What still waits for the model ends by its signal, and is not waited for.
    void (parts as AsyncIterator<object> | null)?.return?.()
  }
}

/** Tells the answer each time it changes; a client that lost the connection asks again. */
async function watch(exchange: Exchange, service: Service): Promise<void> {
  const { request, response, call } = exchange
  const deadlineMs = readDeadlineMs(request, call.deadlineMs ?? service.maxDeadlineMs, service.maxDeadlineMs)
  service.gate.watchers.enter()
  try {
    await sendEvents(response, deadlineMs, requestIdOf(response), (signal) =>
      call.watch(equip(exchange, service, signal)),
    )
  } finally {
    service.gate.watchers.leave()
  }
}

function equip(
  { reader, indexes, visitor: { client, account } }: Exchange,
  { cursors, contamination, traps, drafting, completions }: Service,
  signal: AbortSignal,
  file: Buffer | null = null,
): RouteTools {
  return {
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
      if (!reader) throw new OmnigramError('internal', 'A route without names in its path asked for a reader.')
      return reader
    },
    get file() {
      if (!file) throw new OmnigramError('internal', 'A route without an upload asked for its file.')
      return file
    },
  }
}
