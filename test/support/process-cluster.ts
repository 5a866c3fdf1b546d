/** How does a test get a cluster whose parts can be killed? Shard servers and a router, each a process, over a broker and a store. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { cliPath } from './run-cli.js'

export interface ProcessClusterOptions {
  /** `s3://…` of a published index. */
  readonly address: string
  readonly servers: number
  readonly replicas: number
  readonly env: Readonly<Record<string, string>>
  readonly brokerUrl: string
}

/** What a router said over HTTP. */
export interface ClusterAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly results?: readonly {
      readonly count?: number
      readonly countLowerBound?: number
      /** Null where a shard is missing. */
      readonly shards?: readonly (number | null)[]
    }[]
    readonly partial?: { readonly shards: number; readonly missing: readonly { readonly shard: number }[] }
    readonly generation?: string
    readonly code?: string
    readonly detail?: string
  }
}

export class ProcessCluster {
  readonly shardServers: ChildProcess[] = []
  readonly #options: ProcessClusterOptions
  readonly #children: ChildProcess[] = []
  #url = ''

  constructor(options: ProcessClusterOptions) {
    this.#options = options
  }

  /** All shard servers, then a router. */
  static async start(options: ProcessClusterOptions): Promise<ProcessCluster> {
    const cluster = new ProcessCluster(options)
    for (let at = 0; at < options.servers; at++) await cluster.startServer(at)
    await cluster.startRouter()
    return cluster
  }

  get url(): string {
    return this.#url
  }

  /** Another one in the place of a server that ended. Resolves when it holds its shards. */
  async startServer(at: number, brokerUrl = this.#options.brokerUrl): Promise<ChildProcess> {
    const { address, servers, replicas } = this.#options
    const place = ['--index', String(at), '--of', String(servers), '--replicas', String(replicas), '--workers', '1']
    const child = this.spawn(['shard-server', address, '--nats', brokerUrl, ...place, '--json', '-q'])
    this.shardServers[at] = child
    await readLine(child)
    return child
  }

  async startRouter(brokerUrl = this.#options.brokerUrl): Promise<void> {
    const flags = ['--cluster', '--nats', brokerUrl, '--port', '0', '--state', 'memory', '--rate-limit', '1000000']
    const child = this.spawn(['serve', this.#options.address, ...flags, '--json', '-q'])
    this.#url = (await readLine<{ url: string }>(child)).url
  }

  spawn(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [cliPath, ...args], { env: { ...process.env, ...this.#options.env } })
    child.stderr?.resume()
    this.#children.push(child)
    return child
  }

  async ask(patterns: readonly string[], more: Readonly<Record<string, unknown>> = {}): Promise<ClusterAnswer> {
    const name = this.#options.address.split('/').at(-1)
    const response = await fetch(`${this.#url}/v1/indexes/${name}/count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ patterns, ...more }),
    })
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as ClusterAnswer['body'],
    }
  }

  async stop(): Promise<void> {
    for (const child of this.#children) await killChild(child)
  }
}

/** The next line that a process prints, as JSON. Throws when it ends before. */
export async function readLine<Row>(child: ChildProcess): Promise<Row> {
  if (!child.stdout) throw new Error('There is no standard output.')
  const ended = once(child, 'exit').then(([status, signal]) => {
    throw new Error(`${child.spawnargs.slice(2, 4).join(' ')} ended with ${status ?? signal}.`)
  })
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string]
  return JSON.parse(line) as Row
}

/** Resolves when the process is gone, however stopped it was. */
export async function killChild(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
