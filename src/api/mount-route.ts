/** How does a request pass through a route? Gate, format, validation, tag, work, answer. */
import type { Express, Request, Response } from 'express'
import { OmnigramError } from '../core/errors.js'
import type { CursorSigner } from './cursor-signer.js'
import { fingerprintReader } from './fingerprint.js'
import type { Gate } from './gate.js'
import { CallSignal, limitSignal, raceSignal, readDeadlineMs } from './guards/call-signal.js'
import { decodeBody } from './http/decode-body.js'
import { chooseFormat } from './http/media-type.js'
import { parseQueryString } from './http/query-string.js'
import { requestIdOf } from './http/request-id.js'
import { hasEntity, makeEntityTag, sendBody } from './http/send.js'
import { sendRows } from './http/send-rows.js'
import type { Observer } from './observer.js'
import type { PreparedCall, Route, RouteTools } from './route.js'
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

async function answer(request: Request, response: Response, route: Route, service: Service): Promise<void> {
  const startMs = performance.now()
  const visitor = await service.gate.admit(request, response, route.scope)
  const format = chooseFormat(request, route.formats)
  const call =
    request.method === 'POST'
      ? route.prepareBody(request.params, await decodeBody(request))
      : route.prepareLink(request.params, parseQueryString(request.url))
  service.observer.noteQuery(response, call)
  if (call.extraScope) service.gate.requireScope(visitor.client, call.extraScope)
  const isExport = format === 'ndjson' || format === 'csv'
  if (isExport) service.gate.requireScope(visitor.client, 'batch')
  const indexes = restrictIndexes(service.indexes, visitor.client)
  const reader = call.names === null ? null : indexes.open(call.names)
  if (request.method !== 'POST') {
    const tag = makeEntityTag(reader ? fingerprintReader(reader) : fingerprintAll(indexes), call.canonical, format)
    response.setHeader('Cache-Control', 'private, no-cache')
    response.setHeader('ETag', tag)
    if (hasEntity(request, tag)) {
      response.statusCode = 304
      response.end()
      return
    }
  }
  await service.gate.spend(visitor, call.cost - 1, response)
  const tools = { reader, indexes, cursors: service.cursors }
  if (isExport) await stream(request, response, format, call, tools, service)
  else await work(request, response, format, call, tools, service, startMs)
}

type Tools = Pick<RouteTools, 'indexes' | 'cursors'> & { readonly reader: RouteTools['reader'] | null }

async function work(
  request: Request,
  response: Response,
  format: 'json' | 'msgpack',
  call: PreparedCall,
  tools: Tools,
  { gate, maxDeadlineMs }: Service,
  startMs: number,
): Promise<void> {
  const deadlineMs = readDeadlineMs(request, call.deadlineMs, maxDeadlineMs)
  gate.inFlight.enter()
  const ending = new CallSignal(response, deadlineMs)
  try {
    const { signal } = ending
    const body = await raceSignal(call.handle(equip(tools, signal, deadlineMs)), signal)
    if (request.headers.prefer !== undefined)
      response.setHeader('Preference-Applied', `wait=${Math.ceil(deadlineMs / 1_000)}`)
    const tookMs = Math.round((performance.now() - startMs) * 1_000) / 1_000
    sendBody(request, response, format, { ...body, tookMs })
  } finally {
    ending.release()
    gate.inFlight.leave()
  }
}

/** An export takes as long as the client reads; the deadline holds for each page of it. */
async function stream(
  request: Request,
  response: Response,
  format: 'ndjson' | 'csv',
  call: PreparedCall,
  tools: Tools,
  { gate, maxDeadlineMs }: Service,
): Promise<void> {
  gate.exports.enter()
  try {
    const { signal } = new CallSignal(response, null)
    const deadlineMs = readDeadlineMs(request, call.deadlineMs, maxDeadlineMs)
    const rows = await raceSignal(call.stream(equip(tools, signal, deadlineMs)), limitSignal(signal, deadlineMs))
    await sendRows(request, response, format, rows, requestIdOf(response))
  } finally {
    gate.exports.leave()
  }
}

function equip({ reader, indexes, cursors }: Tools, signal: AbortSignal, deadlineMs: number): RouteTools {
  return {
    indexes,
    cursors,
    get reader() {
      if (!reader) throw new OmnigramError('internal', 'A route without names in its path asked for a reader.')
      return reader
    },
    signal,
    startPage: () => limitSignal(signal, deadlineMs),
  }
}

function fingerprintAll(indexes: ServedIndexes): string {
  return indexes.list().map(fingerprintReader).join()
}
