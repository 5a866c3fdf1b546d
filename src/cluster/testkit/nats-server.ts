/** How does a test get a broker that can be killed? One process of nats-server. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../store/testkit/versitygw.js'

const program = join(
  process.env.OMNIGRAM_TOOLS ?? fileURLToPath(new URL('../../../.omnigram/tools', import.meta.url)),
  'nats-server',
)

/** Why there is no broker; null where there is one. */
export const natsServerLack = existsSync(program)
  ? null
  : `${program} is not there: node scripts/setup-test-tools.mjs builds it, or OMNIGRAM_TOOLS names its folder`

export class NatsServer {
  #child: ChildProcess | null = null

  private constructor(
    readonly port: number,
    readonly dir: string,
  ) {}

  /** Listens on a free port of loopback, with a folder of its own for streams. */
  static async start(): Promise<NatsServer> {
    const server = new NatsServer(await findFreePort(), await mkdtemp(join(tmpdir(), 'omnigram-nats-')))
    await server.restart()
    return server
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Starts it again where it was, with the streams that are left. */
  async restart(): Promise<void> {
    const args = ['-a', '127.0.0.1', '-p', String(this.port), '-js', '-sd', this.dir]
    this.#child = spawn(program, args, { stdio: 'ignore' })
    for (let attempt = 0; !(await canConnect(this.port)); attempt++) {
      if (attempt >= 1_200) throw new Error(`${program} does not listen on ${this.port}.`)
      await sleep(50)
    }
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** It hears nothing and says nothing, until it is resumed. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** All streams are gone; only while it does not run. */
  async forget(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true })
  }

  async stop(): Promise<void> {
    await this.kill()
    await this.forget()
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
