/** What goes wrong with a cluster, and when? By the numbers of a seed: real processes are killed, stopped and cut off, then all is mended. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeRandom } from '../../src/build/testkit/small-corpus.js'
import { type Fault, type FaultyProxy, startFaultyProxy } from '../../src/cluster/store/testkit/faulty-proxy.js'
import { describeEnvironment } from '../../src/cluster/store/testkit/versitygw.js'
import { FaultyLink } from '../../src/cluster/testkit/faulty-link.js'
import type { ClusterServices } from './cluster-services.js'
import { killChild } from './process-cluster.js'

/** A process that a fault may hit, and how it comes back. */
export interface Victim {
  readonly name: string
  readonly link: FaultyLink
  readonly child: () => ChildProcess
  readonly restart: () => Promise<unknown>
}

/** Between two faults at most; how long one lasts at most. */
const gapMs = 700
const lastsMs = 1_500

const storeFaults: readonly Fault[] = [{ status: 500 }, { status: 503 }, 'cut', 'lose', 'damage']
const messageFaults = ['drop', 'repeat', 'swap'] as const

export class FaultDriver {
  readonly #services: ClusterServices
  readonly #proxy: FaultyProxy
  readonly #victims: Victim[] = []
  readonly #log: string[] = []
  #random = makeRandom(0)
  /** Share of the requests to the store that fail, and of the messages that are lost, come twice or late. */
  #storeFaultShare = 0
  #messageFaultShare = 0

  private constructor(services: ClusterServices, startProxy: (driver: () => FaultDriver) => FaultyProxy) {
    this.#services = services
    this.#proxy = startProxy(() => this)
  }

  static async start(services: ClusterServices): Promise<FaultDriver> {
    let driver: FaultDriver | null = null
    const proxy = await startFaultyProxy(services.store.url, ({ method }) => driver?.chooseStoreFault(method) ?? null)
    driver = new FaultDriver(services, () => proxy)
    return driver
  }

  /** The environment of a process whose store fails when the driver says so. */
  get env(): Readonly<Record<string, string>> {
    return { ...this.#services.env, ...describeEnvironment(this.#proxy.url) }
  }

  /** What happened, for the message of a failure. */
  get log(): readonly string[] {
    return this.#log
  }

  /** A way to the broker that can be cut. */
  async makeLink(): Promise<FaultyLink> {
    const link = await FaultyLink.start(this.#services.broker.port)
    link.chooseFault = () =>
      this.#random() < this.#messageFaultShare ? messageFaults[Math.floor(this.#random() * messageFaults.length)] : null
    return link
  }

  add(victim: Victim): void {
    this.#victims.push(victim)
  }

  /** So many faults, one after the other and some at a time; all is mended when it resolves. */
  async run(seed: number, faults: number): Promise<void> {
    this.#random = makeRandom(seed)
    this.#log.length = 0
    const lasting: Promise<void>[] = []
    for (let fault = 0; fault < faults; fault++) {
      await sleep(this.#random() * gapMs)
      lasting.push(this.#make(Math.floor(this.#random() * 12)))
    }
    await Promise.all(lasting)
  }

  async stop(): Promise<void> {
    for (const { link } of this.#victims) await link.stop()
    await this.#proxy.stop()
  }

  chooseStoreFault(method = 'GET'): Fault | null {
    if (this.#random() >= this.#storeFaultShare) return null
    // Only what is put by itself comes with a checksum; ranges are compared with those of the shard.
    return method === 'GET' ? storeFaults[Math.floor(this.#random() * storeFaults.length)] : { status: 503 }
  }

  async #make(kind: number): Promise<void> {
    const { broker, store } = this.#services
    const victim = this.#victims[Math.floor(this.#random() * this.#victims.length)]
    const forMs = this.#random() * lastsMs
    const last = async (name: string, begin: () => void, end: () => void) => {
      this.#log.push(`${name} for ${forMs.toFixed(0)} ms`)
      begin()
      await sleep(forMs)
      end()
    }
    if (kind <= 2) await this.#killAndRestart(victim, forMs)
    else if (kind === 3)
      await last(
        `${victim.name} stopped`,
        () => victim.child().kill('SIGSTOP'),
        () => victim.child().kill('SIGCONT'),
      )
    else if (kind === 4)
      await last(
        `${victim.name} cut off`,
        () => victim.link.cut(),
        () => victim.link.mend(),
      )
    else if (kind === 5)
      await last(
        `${victim.name} delayed`,
        () => setDelay(victim, 300),
        () => setDelay(victim, 0),
      )
    else if (kind === 6)
      await last(
        `${victim.name} reset`,
        () => victim.link.reset(),
        () => undefined,
      )
    else if (kind === 7)
      await last(
        'messages lost',
        () => this.#lose(0.1),
        () => this.#lose(0),
      )
    else if (kind === 8)
      await last(
        'store fails',
        () => this.#failStore(0.2),
        () => this.#failStore(0),
      )
    else if (kind === 9)
      await last(
        'store stopped',
        () => store.child.kill('SIGSTOP'),
        () => store.child.kill('SIGCONT'),
      )
    else if (kind === 10)
      await this.#alone('broker', 'broker killed', async () => {
        await broker.kill()
        await sleep(forMs)
        await broker.restart()
      })
    else await this.#alone('store', 'store killed', () => store.restart())
  }

  async #killAndRestart(victim: Victim, forMs: number): Promise<void> {
    await this.#alone(victim.name, `${victim.name} killed`, async () => {
      await killChild(victim.child())
      await sleep(forMs)
      // The store may fail it while it starts: a supervisor tries again.
      for (let attempt = 0; ; attempt++) {
        try {
          await victim.restart()
          return
        } catch (thrown) {
          if (attempt >= 20) throw thrown
          await killChild(victim.child())
          await sleep(300)
        }
      }
    })
  }

  readonly #busy = new Set<string>()

  /** One restart of a thing at a time. */
  async #alone(name: string, what: string, work: () => Promise<void>): Promise<void> {
    if (this.#busy.has(name)) return
    this.#busy.add(name)
    this.#log.push(what)
    await work()
    this.#busy.delete(name)
  }

  #lose(share: number): void {
    this.#messageFaultShare = share
  }

  #failStore(share: number): void {
    this.#storeFaultShare = share
  }
}

function setDelay({ link }: Victim, delayMs: number): void {
  link.delayMs = delayMs
}
