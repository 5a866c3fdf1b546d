/** What does the service consist of? The express app: its resources and what stands before them. */
import cors from 'cors'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { makeBulletinPage } from './bulletin-page.js'
import { type ContaminationDesk, openDesk } from './contamination/contamination-desk.js'
import { CursorSigner } from './cursor-signer.js'
import { mountDocsPage } from './docs-page.js'
import { mountDoor } from './door/mount-door.js'
import { CompletionDesk } from './drafting/completion-desk.js'
import { DraftSessions } from './drafting/draft-sessions.js'
import { mountContextStream } from './drafting/mount-context-stream.js'
import { Gate } from './gate.js'
import { requestIdOf, takeRequestId } from './http/request-id.js'
import { answerHeaders } from './http/security-headers.js'
import { sendPayload, sendProblem } from './http/send.js'
import { ApiMetrics } from './metrics.js'
import { mountRoutes, refuseMethod, type Service } from './mount-route.js'
import { Observer } from './observer.js'
import { describeApi } from './openapi.js'
import { type ApiOptions, defaultApiOptions } from './options.js'
import { allowedRoute } from './resources/allowed.js'
import { completeRoute } from './resources/complete.js'
import { contaminationCellsRoute } from './resources/contamination-cells.js'
import { cancelCheckRoute, checkRoute, publishCheckRoute, withdrawCheckRoute } from './resources/contamination-check.js'
import { addCheckRoute } from './resources/contamination-checks.js'
import { contaminationEvidenceRoute } from './resources/contamination-evidence.js'
import { contaminationItemsRoute } from './resources/contamination-items.js'
import { contaminationReportRoute, contaminationReportsRoute } from './resources/contamination-reports.js'
import { countRoute } from './resources/count.js'
import { documentRoute } from './resources/document.js'
import { documentsRoute } from './resources/documents.js'
import { draftsRoute } from './resources/drafts.js'
import { facetsRoute } from './resources/facets.js'
import { filterRoute } from './resources/filter.js'
import { findRoute } from './resources/find.js'
import { mountHealth, mountMetrics, type Readiness } from './resources/health.js'
import { indexesRoute, indexRoute } from './resources/indexes.js'
import { modelRoute } from './resources/model.js'
import { nextRoute } from './resources/next.js'
import { mountProblems } from './resources/problems.js'
import { traceRoute } from './resources/trace.js'
import { cancelTrapJobRoute, trapJobRoute, trapResultRoute } from './resources/trap-job.js'
import { addTrapJobRoute } from './resources/trap-jobs.js'
import type { Route } from './route.js'
import type { ServedIndexes } from './served-indexes.js'
import { TrapDesk } from './traps/trap-desk.js'
import { version } from './version.js'
import { draftsPage, mountWebPages, searchPage, tracePage, trapsPage } from './web-pages.js'

/** The most asked for comes first: routes are tried in this order. */
export const routes: readonly Route[] = [
  countRoute,
  documentsRoute,
  nextRoute,
  facetsRoute,
  documentRoute,
  findRoute,
  traceRoute,
  filterRoute,
  draftsRoute,
  allowedRoute,
  completeRoute,
  modelRoute,
  indexesRoute,
  indexRoute,
  contaminationCellsRoute,
  contaminationItemsRoute,
  contaminationEvidenceRoute,
  contaminationReportsRoute,
  contaminationReportRoute,
  addCheckRoute,
  checkRoute,
  cancelCheckRoute,
  publishCheckRoute,
  withdrawCheckRoute,
  addTrapJobRoute,
  trapJobRoute,
  cancelTrapJobRoute,
  trapResultRoute,
]

export interface App {
  readonly express: Express
  readonly metrics: ApiMetrics
  readonly readiness: Readiness
}

/**
 * `desk`: reports and checks; without one there are no reports, and checks are kept in memory. `completions`: the language model.
 * `traps`: jobs on traps.
 */
export function createApp(
  indexes: ServedIndexes,
  options: Partial<ApiOptions> = {},
  desk: ContaminationDesk = openDesk(indexes),
  completions: CompletionDesk = new CompletionDesk(),
  traps: TrapDesk = new TrapDesk(indexes),
): App {
  const settings: ApiOptions = { ...defaultApiOptions, ...options }
  const metrics = new ApiMetrics()
  const observer = new Observer(metrics, settings)
  const gate = new Gate(settings)
  const cursors = new CursorSigner(settings.cursorKey ?? undefined)
  const { maxDeadlineMs } = settings
  const drafting = new DraftSessions()
  const service: Service = {
    indexes,
    gate,
    cursors,
    observer,
    contamination: desk,
    drafting,
    traps,
    completions,
    maxDeadlineMs,
  }
  const readiness: Readiness = { isReady: true }
  metrics.watch(indexes, gate)

  const app = express()
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('trust proxy', settings.trustProxy)
  app.enable('case sensitive routing')
  app.use((request, response, next) => {
    const requestId = takeRequestId(request)
    response.setHeaders(answerHeaders)
    response.setHeader('X-Request-Id', requestId)
    response.setHeader('Omnigram-Version', version)
    if (!readiness.isReady) response.setHeader('Connection', 'close')
    observer.watch(request, response, requestId)
    next()
  })
  if (settings.corsOrigins.length > 0) app.use(allowOrigins(settings.corsOrigins))
  mountRoutes(app, routes, service)
  mountContextStream(app, service)
  mountDoor(app, service)
  mountHealth(app, readiness)
  mountMetrics(app, metrics, gate, settings.hasOpenMetrics)
  mountProblems(app)
  mountDescription(app, settings.apiKeys !== null)
  mountDocsPage(app)
  mountWebPages(app, [searchPage, tracePage, trapsPage, makeBulletinPage(desk, gate.visitor), draftsPage])
  app.use((request) => {
    throw new OmnigramError('unknown-route', `${request.method} ${request.path.slice(0, 200)}`)
  })
  app.use(answerError(observer))
  return { express: app, metrics, readiness }
}

/** Only the origins that are named, and never with cookies: keys go into a header. */
function allowOrigins(origins: readonly string[]) {
  return cors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Accept', 'Prefer', 'X-Request-Id', 'If-None-Match'],
    exposedHeaders: ['ETag', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'Omnigram-Version'],
    maxAge: 600,
  })
}

function mountDescription(app: Express, needsKeys: boolean): void {
  const payload = JSON.stringify(describeApi(routes, needsKeys))
  app
    .route('/openapi.json')
    .get((request, response) => {
      response.setHeader('Content-Type', 'application/json')
      sendPayload(request, response, payload)
    })
    .all((request, response) => refuseMethod(request, response, ['GET', 'HEAD']))
}

function answerError(observer: Observer): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = readError(thrown)
    const requestId = requestIdOf(response)
    observer.noteError(error, requestId)
    sendProblem(request, response, error, requestId)
  }
}

/** Errors of express and its parts say by their status whose fault they are. */
function readError(thrown: unknown): OmnigramError {
  const status = (thrown as { status?: unknown } | null)?.status
  if (typeof status !== 'number' || thrown instanceof OmnigramError) return toOmnigramError(thrown)
  if (status === 404) return new OmnigramError('unknown-route', 'There is no such file.', { cause: thrown })
  if (status >= 400 && status < 500) {
    return new OmnigramError('bad-argument', 'The address is not percent-encoded UTF-8.', { cause: thrown })
  }
  return toOmnigramError(thrown)
}
