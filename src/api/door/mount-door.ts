/** How do clients of infini-gram mini use this server with nothing changed but the address? `POST /` */
import type { Express, Request, Response } from 'express'
import { toOmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import type { Scope } from '../guards/api-keys.js'
import { CallSignal, readDeadlineMs } from '../guards/call-signal.js'
import { decodeBody } from '../http/decode-body.js'
import { requestIdOf } from '../http/request-id.js'
import { leaveBodyUnread, sendBody } from '../http/send.js'
import type { Service } from '../mount-route.js'
import { restrictIndexes, type ServedIndexes } from '../served-indexes.js'
import { answerCount, answerDocument, answerFind } from './door-answer.js'
import { DoorError, toDoorError } from './door-error.js'
import { type DoorRequest, readDoorRequest, readRankRequest } from './door-request.js'

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
  const { fields, ...asked } = readDoorRequest(body, (index) => findReader(readable, index) !== null)
  gate.requireScope(client, scopes[asked.queryType])
  observer.noteQuery(response, { canonical: JSON.stringify(asked) })
  gate.inFlight.enter()
  try {
    const deadlineMs = readDeadlineMs(request, undefined, maxDeadlineMs)
    const startMs = performance.now()
    const found = await new CallSignal(response).limit(deadlineMs, (signal) =>
      ask(readable.open(asked.index), asked, fields, signal),
    )
    return { ...found, latency: performance.now() - startMs }
  } finally {
    gate.inFlight.leave()
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

/** The door speaks of bytes. */
function findReader(indexes: ServedIndexes, name: string): IndexReader | null {
  return indexes.list().find((reader) => reader.name === name && reader.manifest.symbols === 'bytes') ?? null
}
