/** How does the service come up? Indexes are opened, the app is put before them, and a port is listened on. */
import { basename, resolve } from 'node:path'
import { type Logger, pino } from 'pino'
import { connectToBroker, type NatsConnection } from '../cluster/bus/nats-connection.js'
import { ClusterIndex } from '../cluster/serve/cluster-index.js'
import { isBucketAddress } from '../cluster/store/object-store.js'
import { openStore } from '../cluster/store/open-store.js'
import { StoredLiveIndex } from '../cluster/store/stored-live-index.js'
import type { OmnigramError } from '../core/errors.js'
import type { Residency } from '../core/residency.js'
import { combineReaders } from '../query/combine-readers.js'
import type { IndexReader } from '../query/index-reader.js'
import { LiveIndex } from '../query/live-index.js'
import { WorkerPool } from '../query/worker-pool.js'
import { createApp } from './app.js'
import { type ContaminationDesk, openDesk } from './contamination/contamination-desk.js'
import { ReportShelf } from './contamination/report-shelf.js'
import { CompletionDesk, type ServedModel } from './drafting/completion-desk.js'
import type { Scope } from './guards/api-keys.js'
import { readApiKeys } from './guards/key-file.js'
import { type Listener, listen } from './listen.js'
import type { ApiOptions } from './options.js'
import { IndexRegistry } from './served-indexes.js'
import { TrapDesk } from './traps/trap-desk.js'

export interface ServerOptions {
  /** Index folders, shard files, or indexes in a store (`s3://bucket/prefix`); each is served under its base name. */
  readonly indexDirs: readonly string[]
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Threads that answer; one a core by default. */
  readonly workers?: number
  readonly residency?: Residency
  /** JSON file of hashed keys; without it no key is needed. */
  readonly keysPath?: string
  /** What may be asked without a key where keys are; nothing by default. */
  readonly publicScopes?: readonly Scope[]
  readonly corsOrigins?: readonly string[]
  readonly maxDeadlineMs?: number
  /** Points that a client may spend in a minute; 0 for no limit. */
  readonly rateLimitPerMinute?: number
  readonly logQueries?: ApiOptions['logQueries']
  /** Serve the metrics on a loopback port of their own, and nowhere else. */
  readonly metricsPort?: number
  /** Contamination reports for the core table: files, and folders of them. */
  readonly reportPaths?: readonly string[]
  /** A GGUF file of the Llama family: the model that completes texts. */
  readonly modelPath?: string
  /** Folder for what must outlive the server: checks and what was published; in memory without. */
  readonly stateDir?: string
  /** How long a check is kept after its end. */
  readonly checkRetentionMs?: number
  /** Broker of a cluster: the indexes are addresses of stores then, and shard servers answer for them. */
  readonly brokerUrl?: string
  /** Where indexes in a store are kept on this machine; without it in the user's folder for caches. */
  readonly cacheDir?: string
  /** Ends the waiting for shard servers at the start. */
  readonly signal?: AbortSignal
  /** No line for each request. */
  readonly isQuiet?: boolean
}

export interface RunningServer extends Listener {
  readonly names: readonly string[]
}

/** Opens the indexes and listens. Throws `bad-argument` for a name or an address, else as opening does. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const log = pino({ level: options.isQuiet ? 'warn' : 'info', base: null }, pino.destination({ fd: 2, sync: false }))
  const pool = new WorkerPool({ workers: options.workers })
  const indexes: OpenedIndex[] = []
  let desk: ContaminationDesk | null = null
  const { brokerUrl } = options
  const connection = brokerUrl === undefined ? null : await connectToBroker(brokerUrl, 'omnigram router')
  let traps: TrapDesk | null = null
  const close = async () => {
    await Promise.all([desk?.close(), traps?.close()])
    await Promise.all(indexes.map((index) => index.close()))
    await pool.close()
    await connection?.close()
  }
  try {
    for (const indexDir of options.indexDirs) indexes.push(await openLive(indexDir, options, connection, pool, log))
    const registry = new IndexRegistry(indexes, combineReaders)
    desk = openDesk(registry, {
      shelf: await ReportShelf.read(options.reportPaths ?? []),
      stateDir: options.stateDir,
      retentionMs: options.checkRetentionMs,
      onFailure: (error, check) => log.error({ check, err: error }, 'A check failed.'),
    })
    const completions = new CompletionDesk(await openModel(options.modelPath))
    traps = new TrapDesk(registry, { onFailure: (error, job) => log.error({ job, err: error }, 'A job failed.') })
    const app = createApp(registry, await readOptions(options, log), desk, completions, traps)
    app.metrics.watchProcess(() => pool.statistics())
    const routers = indexes.filter((index) => index instanceof ClusterIndex)
    if (connection) app.metrics.watchRouters(() => routers.map((router) => router.statistics()))
    const listener = await listen(app, options)
    const stop = async () => {
      await listener.stop()
      await close()
    }
    let stopping: Promise<void> | null = null
    return {
      ...listener,
      names: indexes.map(({ name }) => name),
      stop() {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

type OpenedIndex = LiveIndex | StoredLiveIndex | ClusterIndex

async function openModel(path: string | undefined): Promise<ServedModel | null> {
  if (path === undefined) return null
  const { openGgufModel } = await import('../models/gguf-model.js')
  return { name: basename(path), model: await openGgufModel(path) }
}

/** An index that goes over to new generations as they are published. */
async function openLive(
  address: string,
  options: ServerOptions,
  connection: NatsConnection | null,
  pool: WorkerPool,
  log: Logger,
): Promise<OpenedIndex> {
  const { residency, cacheDir, signal } = options
  const name = basename(isBucketAddress(address) ? address : resolve(address)).replace(/\.fm$/, '')
  const live = {
    pool,
    residency,
    name,
    onReload: ({ generation }: IndexReader) => log.info({ index: name, generation }, 'A new generation is served.'),
    onFailure: (error: OmnigramError) =>
      log.error({ index: name, err: error }, 'The new generation cannot be served; the one before is.'),
  }
  if (connection) {
    let waitsFor = ''
    const onWait = (missing: readonly number[], shards: number) => {
      const detail = `${missing.length} of ${shards} shards have no server yet.`
      if (detail !== waitsFor) log.info({ index: name }, detail)
      waitsFor = detail
    }
    return ClusterIndex.open({ ...live, store: openStore(address), connection, cacheDir, signal, onWait })
  }
  if (!isBucketAddress(address)) return LiveIndex.open(address, live)
  log.info({ index: name, address }, 'The index is fetched.')
  return StoredLiveIndex.open(openStore(address), { ...live, cacheDir })
}

async function readOptions(options: ServerOptions, log: Logger): Promise<Partial<ApiOptions>> {
  const { publicScopes, corsOrigins, maxDeadlineMs, rateLimitPerMinute, logQueries, keysPath, host, metricsPort } =
    options
  return {
    log,
    hasOpenMetrics: metricsPort === undefined && isLoopback(host),
    ...(keysPath !== undefined && { apiKeys: await readApiKeys(keysPath) }),
    ...(publicScopes && { publicScopes }),
    ...(corsOrigins && { corsOrigins }),
    ...(maxDeadlineMs !== undefined && { maxDeadlineMs }),
    ...(logQueries && { logQueries }),
    ...(rateLimitPerMinute !== undefined && {
      rateLimit: rateLimitPerMinute === 0 ? null : { points: rateLimitPerMinute, windowSeconds: 60 },
    }),
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
