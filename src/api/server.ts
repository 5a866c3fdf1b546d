/** How does the service come up, listen, and go down without dropping anybody? */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, resolve } from 'node:path'
import { pino, type Logger } from 'pino'
import { OmnigramError } from '../core/errors.js'
import { combineReaders } from '../query/combined-reader.js'
import type { IndexReader } from '../query/index-reader.js'
import { openIndex } from '../query/open-index.js'
import { WorkerPool } from '../query/worker-pool.js'
import { type App, createApp } from './app.js'
import { readApiKeys } from './guards/api-keys.js'
import { answerClientError } from './http/client-error.js'
import { createMetricsServer } from './metrics-server.js'
import type { ApiOptions } from './options.js'
import { IndexRegistry } from './served-indexes.js'

export interface ServerOptions {
  /** Index folders or shard files; each is served under its base name. */
  readonly indexDirs: readonly string[]
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Threads that answer; one a core by default. */
  readonly workers?: number
  readonly residency?: 'mmap' | 'ram'
  /** JSON file of hashed keys; without it no key is needed. */
  readonly keysPath?: string
  readonly corsOrigins?: readonly string[]
  readonly maxDeadlineMs?: number
  /** Points that a client may spend in a minute; 0 for no limit. */
  readonly rateLimitPerMinute?: number
  readonly logQueries?: ApiOptions['logQueries']
  /** Serve the metrics on a loopback port of their own, and nowhere else. */
  readonly metricsPort?: number
  /** No line for each request. */
  readonly isQuiet?: boolean
}

export interface RunningServer {
  readonly url: string
  /** Where the metrics are. */
  readonly metricsUrl: string
  readonly names: readonly string[]
  /** Takes no new requests, lets those under way finish within 25 s, and closes everything. */
  stop(): Promise<void>
}

/** How long requests under way may take after a stop was asked for. */
const graceMs = 25_000

/** Against clients that keep sockets by sending slowly or not at all. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 5_000 }
const maxConnections = 1_024
const maxHeaderBytes = 16 * 1024

/** Opens the indexes and listens. Throws `bad-argument` for names or an address that cannot be served, and what opening throws. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const log = pino({ level: options.isQuiet ? 'warn' : 'info' }, pino.destination({ fd: 2, sync: false }))
  const pool = new WorkerPool({ workers: options.workers })
  const readers: IndexReader[] = []
  const close = async () => {
    await Promise.all(readers.map((reader) => reader.close()))
    await pool.close()
  }
  try {
    // Names first: nothing is opened when two folders would be served under one.
    const names = options.indexDirs.map(nameIndex)
    const registry = new IndexRegistry(names.map((name, at) => ({ name, current: () => readers[at] })), combineReaders)
    for (const [at, indexDir] of options.indexDirs.entries()) {
      readers.push(await openIndex(indexDir, { pool, residency: options.residency, name: names[at] }))
    }
    const app = createApp(registry, await readOptions(options, log))
    app.metrics.watchProcess(() => pool.statistics())
    return await listen(app, names, options, close)
  } catch (error) {
    await close()
    throw error
  }
}

function nameIndex(indexDir: string): string {
  return basename(resolve(indexDir)).replace(/\.fm$/, '')
}

async function readOptions(options: ServerOptions, log: Logger): Promise<Partial<ApiOptions>> {
  const { corsOrigins, maxDeadlineMs, rateLimitPerMinute, logQueries, keysPath, host, metricsPort } = options
  return {
    log,
    hasOpenMetrics: metricsPort === undefined && isLoopback(host),
    ...(keysPath !== undefined && { apiKeys: await readApiKeys(keysPath) }),
    ...(corsOrigins && { corsOrigins }),
    ...(maxDeadlineMs !== undefined && { maxDeadlineMs }),
    ...(logQueries && { logQueries }),
    ...(rateLimitPerMinute !== undefined && {
      rateLimit: rateLimitPerMinute === 0 ? null : { points: rateLimitPerMinute, windowSeconds: 60 },
    }),
  }
}

async function listen(
  app: App, names: readonly string[], { host, port, metricsPort }: ServerOptions, close: () => Promise<void>,
): Promise<RunningServer> {
  const server = createServer({ ...timeouts, maxHeaderSize: maxHeaderBytes }, app.express)
  server.maxConnections = maxConnections
  server.maxHeadersCount = 100
  server.on('clientError', answerClientError)
  await bind(server, port, host)
  const metricsServer = metricsPort === undefined ? null : createMetricsServer(app.metrics)
  if (metricsServer && metricsPort !== undefined) {
    await bind(metricsServer, metricsPort, '127.0.0.1').catch(async (error: unknown) => {
      await drain(server, 0)
      throw error
    })
  }
  let stopping: Promise<void> | null = null
  const stop = async () => {
    app.readiness.isReady = false
    await drain(server, graceMs)
    if (metricsServer) await drain(metricsServer, 0)
    await close()
  }
  const url = addressOf(server)
  return {
    url,
    metricsUrl: `${metricsServer ? addressOf(metricsServer) : url}/metrics`,
    names,
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((settle, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new OmnigramError('bad-argument', `It cannot listen on ${host}:${port}: ${error.message}.`, { cause: error }))
    })
    server.listen(port, host, settle)
  })
}

function drain(server: Server, limitMs: number): Promise<void> {
  return new Promise((settle) => {
    const timer = setTimeout(() => server.closeAllConnections(), limitMs)
    server.close(() => {
      clearTimeout(timer)
      settle()
    })
    server.closeIdleConnections()
  })
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
