/** Where can the metrics be read, when not beside the API? On a port that only this machine reaches. */
import { createServer, type Server } from 'node:http'
import type { ApiMetrics } from './metrics.js'

export function createMetricsServer({ registry }: ApiMetrics): Server {
  return createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.statusCode = 404
      response.end()
      return
    }
    registry.metrics().then(
      (text) => {
        response.setHeader('Content-Type', registry.contentType)
        response.end(text)
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  })
}
