/** How does the app listen, and how does it stop without dropping anybody? */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OmnigramError } from '../core/errors.js'
import type { App } from './app.js'
import { answerClientError } from './http/client-error.js'
import { createMetricsServer } from './metrics-server.js'

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Serve the metrics on a loopback port of their own, and nowhere else. */
  readonly metricsPort?: number
}

export interface Listener {
  readonly url: string
  /** Where the metrics are. */
  readonly metricsUrl: string
  /** Takes no new requests, lets those under way finish within 25 s, and closes the port. */
  stop(): Promise<void>
}

/** How long requests under way may take after a stop was asked for. */
const graceMs = 25_000

/** Against clients that keep sockets by sending slowly or not at all. */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
}
const maxConnections = 1_024
const maxHeaderBytes = 16 * 1024

/** Throws `bad-argument` for an address that cannot be listened on. */
export async function listen(app: App, { host, port, metricsPort }: ListenOptions): Promise<Listener> {
  const server = createServer({ ...timeouts, maxHeaderSize: maxHeaderBytes }, app.express)
  server.maxConnections = maxConnections
  server.on('clientError', answerClientError)
  await bind(server, port, host)
  const metricsServer = metricsPort === undefined ? null : await listenForMetrics(app, metricsPort, server)
  const url = addressOf(server)
  return {
    url,
    metricsUrl: `${metricsServer ? addressOf(metricsServer) : url}/metrics`,
    async stop() {
      app.readiness.isReady = false
      await drain(server, graceMs)
      if (metricsServer) await drain(metricsServer, 0)
    },
  }
}

async function listenForMetrics(app: App, port: number, server: Server): Promise<Server> {
  const metricsServer = createMetricsServer(app.metrics)
  try {
    await bind(metricsServer, port, '127.0.0.1')
    return metricsServer
  } catch (error) {
    await drain(server, 0)
    throw error
  }
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((settle, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new OmnigramError('bad-argument', `It cannot listen on ${host}:${port}: ${error.message}.`, { cause: error }),
      )
    })
    server.listen(port, host, settle)
  })
}

function drain(server: Server, limitMs: number): Promise<void> {
  return new Promise((settle) => {
    const lastCall = setTimeout(() => server.closeAllConnections(), limitMs)
    // A connection whose last request came before the stop stays open for another one.
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearTimeout(lastCall)
      clearInterval(sweep)
      settle()
    })
  })
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
