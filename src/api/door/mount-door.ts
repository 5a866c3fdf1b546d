/** How do clients of infini-gram and infini-gram mini use this server with nothing changed but the address? `POST /` */
import type { Express, Request, Response } from 'express'
import { toOmnigramError } from '../../core/errors.js'
import type { SymbolKind } from '../../core/pattern.js'
import type { IndexReader } from '../../query/index-reader.js'
import type { Scope } from '../guards/api-keys.js'
import { CallSignal, readDeadlineMs } from '../guards/call-signal.js'
import { decodeBody } from '../http/decode-body.js'
import { requestIdOf } from '../http/request-id.js'
import { leaveBodyUnread, sendBody } from '../http/send.js'
import type { Service } from '../mount-route.js'
import { restrictIndexes, type ServedIndexes } from '../served-indexes.js'
import { askTokens, tokenScope } from './ask-tokens.js'
import { answerCount, answerDocument, answerFind } from './door-answer.js'
import { DoorError, toDoorError } from './door-error.js'
import { type DoorRequest, readDoorRequest, readRankRequest } from './door-request.js'
import { readTokenRequest } from './token-request.js'

const scopes = { count: 'count', find: 'search', get_doc_by_rank: 'documents' } as const satisfies Record<string, Scope>

export function mountDoor(app: Express, service: Service): void {
  app.post('/', async (request, response) => {
    try {
      sendBody(request, response, 'json', await answer(request, response, service))
    } catch (thrown) {
      if (response.destroyed) return
      if (!(thrown instanceof DoorError)) service.observer.noteError(toOmnigramError(thrown), requestIdOf(response))
      const { status, message } = toDoorError(thrown)
      response.statusCode = status
      leaveBodyUnread(request, response)
      sendBody(request, response, 'json', { error: message })
    }
  })
}

async function answer(
  request: Request,
  response: Response,
  { gate, indexes, observer, maxDeadlineMs }: Service,
): Promise<object> {
  const { client } = await gate.admit(request, response, 'count')
  const readable = restrictIndexes(indexes, client)
  const body = await decodeBody(request)
  const question = readQuestion(body, readable)
  gate.requireScope(client, question.scope)
  observer.noteQuery(response, { canonical: question.canonical })
  gate.inFlight.enter()
  try {
    const deadlineMs = readDeadlineMs(request, undefined, maxDeadlineMs)
    const startMs = performance.now()
    const found = await new CallSignal(response).limit(deadlineMs, question.ask)
    return { ...found, latency: performance.now() - startMs }
  } finally {
    gate.inFlight.leave()
  }
}

interface Question {
  readonly scope: Scope
  readonly canonical: string
  ask(signal: AbortSignal): Promise<object>
}

/** An index of bytes is asked as infini-gram mini is, one of tokens as infini-gram is. */
function readQuestion(body: unknown, indexes: ServedIndexes): Question {
  const asked = typeof body === 'object' && body !== null ? { ...(body as Record<string, unknown>) } : {}
  const tokens = findReader(indexes, asked.index ?? asked.corpus, 'tokens')
  if (tokens) {
    const request = readTokenRequest(asked, tokens.name)
    return {
      scope: tokenScope(request.queryType),
      canonical: JSON.stringify(request),
      ask: (signal) => askTokens(tokens, request, signal),
    }
  }
  const { fields, ...request } = readDoorRequest(body, (index) => findReader(indexes, index, 'bytes') !== null)
  return {
    scope: scopes[request.queryType],
    canonical: JSON.stringify(request),
    ask: (signal) => ask(indexes.open(request.index), request, fields, signal),
  }
}

async function ask(
  reader: IndexReader,
  { queryType, query }: DoorRequest,
  fields: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<object> {
  if (queryType === 'count') return answerCount(reader, query, signal)
  if (queryType === 'find') return answerFind(reader, query, signal)
  return answerDocument(reader, query, readRankRequest(fields), signal)
}

function findReader(indexes: ServedIndexes, name: unknown, symbols: SymbolKind): IndexReader | null {
  return indexes.list().find((reader) => reader.name === name && reader.manifest.symbols === symbols) ?? null
}
