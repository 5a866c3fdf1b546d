/** How does a request pass through a route? Gate, format, validation, tag, work, answer. */
import type { Express, Request, Response } from 'express'
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import type { CursorSigner } from './cursor-signer.js'
import { fingerprintReader } from './fingerprint.js'
import type { Gate } from './gate.js'
import { CallSignal, readDeadlineMs, readWaitMs } from './guards/call-signal.js'
import { decodeBody } from './http/decode-body.js'
import { chooseFormat, type Format } from './http/media-type.js'
import { parseQueryString } from './http/query-string.js'
import { requestIdOf } from './http/request-id.js'
import { hasEntity, makeEntityTag, sendBody } from './http/send.js'
import { sendRows } from './http/send-rows.js'
import type { Observer } from './observer.js'
import type { PreparedCall, ReadPage, Route, RouteTools } from './route.js'
import { restrictIndexes, type ServedIndexes } from './served-indexes.js'

/** What all routes share. */
export interface Service {
  readonly indexes: ServedIndexes
  readonly gate: Gate
  readonly cursors: CursorSigner
  readonly observer: Observer
  readonly maxDeadlineMs: number
}

export function mountRoute(app: Express, route: Route, service: Service): void {
  const line = app.route(route.path)
  const { hasBody, query } = route.schemas
  if (query) line.get((request, response) => answer(request, response, route, service))
  if (hasBody) line.post((request, response) => answer(request, response, route, service))
  line.all((request, response) =>
    refuseMethod(request, response, [...(query ? ['GET', 'HEAD'] : []), ...(hasBody ? ['POST'] : [])]),
  )
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
  readonly call: PreparedCall
  readonly indexes: ServedIndexes
  readonly reader: IndexReader | null
  readonly startMs: number
}

async function answer(request: Request, response: Response, route: Route, service: Service): Promise<void> {
  const startMs = performance.now()
  const { gate, observer } = service
  const visitor = await gate.admit(request, response, route.scope)
  const format = chooseFormat(request, route.formats)
  const call =
    request.method === 'POST'
      ? route.prepareBody(request.params, await decodeBody(request))
      : route.prepareLink(request.params, parseQueryString(request.url))
  observer.noteQuery(response, call)
  if (call.extraScope) gate.requireScope(visitor.client, call.extraScope)
  const indexes = restrictIndexes(service.indexes, visitor.client)
  const reader = call.names === null ? null : indexes.open(call.names)
  const exchange = { request, response, call, indexes, reader, startMs }
  if (format === 'ndjson' || format === 'csv') {
    gate.requireScope(visitor.client, 'batch')
    await gate.spend(visitor, call.cost - 1, response)
    await stream(exchange, format, service)
    return
  }
  if (request.method !== 'POST' && hasAnswer(exchange, format)) return
  await gate.spend(visitor, call.cost - 1, response)
  await work(exchange, format, service)
}

/** Whether the client has this answer already; it is told so, before any work. */
function hasAnswer({ request, response, call, indexes, reader }: Exchange, format: Format): boolean {
  const fingerprint = (reader ? [reader] : indexes.list()).map(fingerprintReader).join()
  const tag = makeEntityTag(fingerprint, call.canonical, format)
  response.setHeader('Cache-Control', 'private, no-cache')
  response.setHeader('ETag', tag)
  if (!hasEntity(request, tag)) return false
  response.statusCode = 304
  response.end()
  return true
}

async function work(exchange: Exchange, format: 'json' | 'msgpack', service: Service): Promise<void> {
  const { request, response, call, startMs } = exchange
  const deadlineMs = readDeadlineMs(request, call.deadlineMs, service.maxDeadlineMs)
  service.gate.inFlight.enter()
  try {
    const ending = new CallSignal(response)
    const body = await ending.limit(deadlineMs, (signal) => call.handle(equip(exchange, service, signal)))
    if (readWaitMs(request) !== null) {
      response.setHeader('Preference-Applied', `wait=${Math.ceil(deadlineMs / 1_000)}`)
    }
    const tookMs = Math.round((performance.now() - startMs) * 1_000) / 1_000
    sendBody(request, response, format, { ...body, tookMs })
  } finally {
    service.gate.inFlight.leave()
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

function equip({ reader, indexes }: Exchange, { cursors }: Service, signal: AbortSignal): RouteTools {
  return {
    indexes,
    cursors,
    signal,
    get reader() {
      if (!reader) throw new OmnigramError('internal', 'A route without names in its path asked for a reader.')
      return reader
    },
  }
}
