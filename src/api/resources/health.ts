/** Is the server alive, does it take requests, and how does it do? `GET /livez`, `/readyz`, `/metrics` */
import type { Express, Request, Response } from 'express'
import { OmnigramError } from '../../core/errors.js'
import type { Gate } from '../gate.js'
import { sendPayload } from '../http/send.js'
import type { ApiMetrics } from '../metrics.js'
import { refuseMethod } from '../mount-route.js'
import { version } from '../version.js'

/** Whether new requests are wanted; false from the moment a stop begins. */
export interface Readiness {
  isReady: boolean
}

export function mountHealth(app: Express, readiness: Readiness): void {
  app
    .route('/livez')
    .get((_request, response) => {
      response.json({ status: 'live', version })
    })
    .all((request, response) => refuseMethod(request, response, ['GET', 'HEAD']))
  app
    .route('/readyz')
    .get((_request, response) => {
      if (!readiness.isReady) throw new OmnigramError('overloaded', 'The server is stopping.')
      response.json({ status: 'ready', version })
    })
    .all((request, response) => refuseMethod(request, response, ['GET', 'HEAD']))
}

/** `isOpen`: for everybody; else for keys with the scope `admin`. */
export function mountMetrics(app: Express, metrics: ApiMetrics, gate: Gate, isOpen: boolean): void {
  app
    .route('/metrics')
    .get(async (request, response) => {
      if (!isOpen) await gate.admit(request, response, 'admin')
      await sendMetrics(request, response, metrics)
    })
    .all((request, response) => refuseMethod(request, response, ['GET', 'HEAD']))
}

export async function sendMetrics(request: Request, response: Response, { registry }: ApiMetrics): Promise<void> {
  response.setHeader('Content-Type', registry.contentType)
  response.setHeader('Cache-Control', 'no-store')
  sendPayload(request, response, await registry.metrics())
}
