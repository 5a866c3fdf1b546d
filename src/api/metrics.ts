/** How does the service do, in numbers for Prometheus? */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { RunnerStatistics } from '../cluster/serve/cluster-runner.js'
import type { PoolStatistics } from '../query/worker-pool.js'
import type { Gate } from './gate.js'
import type { ServedIndexes } from './served-indexes.js'

const secondsBuckets = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

/** Numbers of one app, in a registry of its own so that two apps in a process do not mix. */
export class ApiMetrics {
  readonly registry = new Registry()
  readonly #requests = new Histogram({
    name: 'omnigram_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: secondsBuckets,
    registers: [this.registry],
  })

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds)
  }

  /** Adds what is read when the metrics are asked for. */
  watch(indexes: ServedIndexes, { inFlight, exports }: Gate): void {
    this.#addGauge('omnigram_in_flight', 'Requests that are worked on.', (gauge) => gauge.set(inFlight.count))
    this.#addGauge('omnigram_exports_in_flight', 'Exports that are worked on.', (gauge) => gauge.set(exports.count))
    this.#addGauge(
      'omnigram_index_documents',
      'Documents of an index.',
      (gauge) => {
        for (const { name, manifest } of indexes.list()) gauge.set({ index: name }, manifest.statistics.documents)
      },
      ['index'],
    )
    this.#addGauge(
      'omnigram_index_text_bytes',
      'Bytes of text of an index.',
      (gauge) => {
        for (const { name, manifest } of indexes.list()) gauge.set({ index: name }, manifest.statistics.textBytes)
      },
      ['index'],
    )
  }

  /** Adds what the process and its pool of workers tell. */
  watchProcess(readPool: () => PoolStatistics): void {
    collectDefaultMetrics({ register: this.registry })
    this.#addGauge('omnigram_pool_workers', 'Threads that answer queries.', (gauge) => gauge.set(readPool().workers))
    this.#addGauge('omnigram_pool_busy_workers', 'Threads at work.', (gauge) => gauge.set(readPool().busyWorkers))
    this.#addGauge(
      'omnigram_pool_queued',
      'Tasks that wait for a thread.',
      (gauge) => {
        for (const [lane, tasks] of Object.entries(readPool().queued)) gauge.set({ lane }, tasks)
      },
      ['lane'],
    )
    this.#addCounter('omnigram_pool_restarts_total', 'Threads that died and were replaced.', () => readPool().restarts)
    this.#addCounter(
      'omnigram_pool_refused_total',
      'Calls refused because the queue was full.',
      () => readPool().refused,
    )
    this.#addCounter('omnigram_pool_tasks_total', 'Tasks done.', () => readPool().run.count)
    this.#addCounter('omnigram_pool_wait_seconds_total', 'Time tasks waited.', () => readPool().wait.sumMs / 1_000)
    this.#addCounter('omnigram_pool_run_seconds_total', 'Time tasks ran.', () => readPool().run.sumMs / 1_000)
  }

  /** Adds what routers of a cluster tell, all together. */
  watchRouters(read: () => readonly RunnerStatistics[]): void {
    const sum = (name: keyof RunnerStatistics) => read().reduce((total, statistics) => total + statistics[name], 0)
    this.#addGauge('omnigram_cluster_in_flight', 'Tasks asked of shard servers.', (gauge) => gauge.set(sum('inFlight')))
    this.#addCounter('omnigram_cluster_tasks_total', 'Tasks asked of shard servers.', () => sum('requests'))
    this.#addCounter('omnigram_cluster_hedges_total', 'Tasks asked of a second server for slowness.', () =>
      sum('hedges'),
    )
    this.#addCounter('omnigram_cluster_retries_total', 'Tasks asked of another server after a failure.', () =>
      sum('retries'),
    )
    this.#addCounter('omnigram_cluster_failures_total', 'Tasks that no server did.', () => sum('failures'))
  }

  #addGauge(name: string, help: string, read: (gauge: Gauge) => void, labelNames: string[] = []): void {
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.registry], collect: () => read(gauge) })
  }

  #addCounter(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset()
        counter.inc(read())
      },
    })
  }
}
