/** How does a stream of NATS hold the jobs of a build? */
import {
  AckPolicy,
  type Consumer,
  DiscardPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { OmnigramError } from '../../core/errors.js'
import type { NatsConnection } from '../bus/nats-connection.js'
import type { JobQueue, ShardJob } from './job-queue.js'

const stream = 'OMNIGRAM_BUILD'
const subjects = 'omnigram.build'
const consumerName = 'workers'

/** The message that a job waits in already. */
const subjectFullCode = 10_077

export interface NatsJobQueueOptions {
  /** Default: 30,000. */
  readonly keepMs?: number
  /** Servers of the broker's cluster that keep the stream. Default: 1. */
  readonly replicas?: number
}

/**
 * One message a shard, kept until it is acknowledged. A second one of the same shard is refused by the stream, so adding a job
 * again does nothing while it waits. Stream and consumer are made anew when they are gone.
 */
export class NatsJobQueue implements JobQueue {
  readonly keepMs: number
  readonly #connection: NatsConnection
  readonly #replicas: number
  #consumer: Consumer | null = null

  constructor(connection: NatsConnection, { keepMs = 30_000, replicas = 1 }: NatsJobQueueOptions = {}) {
    this.#connection = connection
    this.keepMs = keepMs
    this.#replicas = replicas
  }

  async add(plan: string, shard: number): Promise<void> {
    await this.#guard(async () => {
      await this.#open()
      try {
        await jetstream(this.#connection).publish(`${subjects}.${plan}.${shard}`)
      } catch (thrown) {
        if ((thrown as { code?: number }).code !== subjectFullCode) throw thrown
      }
    })
  }

  take(waitMs: number): Promise<ShardJob | null> {
    return this.#guard(async () => {
      const consumer = await this.#open()
      const message = await consumer.next({ expires: waitMs })
      return message && new NatsShardJob(message)
    })
  }

  async #open(): Promise<Consumer> {
    if (this.#consumer) return this.#consumer
    const manager = await jetstreamManager(this.#connection)
    await this.#makeStream(manager)
    this.#consumer = await jetstream(this.#connection).consumers.get(stream, consumerName)
    return this.#consumer
  }

  async #makeStream(manager: JetStreamManager): Promise<void> {
    const settings = {
      subjects: [`${subjects}.>`],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      num_replicas: this.#replicas,
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
    }
    await manager.streams.add({ name: stream, ...settings })
    await manager.consumers.add(stream, {
      durable_name: consumerName,
      ack_policy: AckPolicy.Explicit,
      ack_wait: this.keepMs * 1e6,
      // The worker counts deliveries itself: a message that the broker gives up would stay there, and nobody would know.
      max_deliver: -1,
      max_ack_pending: 100_000,
    })
  }

  async #guard<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (thrown) {
      // Whatever is gone is made again the next time.
      this.#consumer = null
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      throw new OmnigramError('unreachable-broker', `The queue of builds: ${reason}.`, { cause: thrown })
    }
  }
}

class NatsShardJob implements ShardJob {
  readonly plan: string
  readonly shard: number
  readonly deliveries: number
  readonly #message: JsMsg

  constructor(message: JsMsg) {
    const [, , plan, shard] = message.subject.split('.')
    this.plan = plan
    this.shard = Number(shard)
    this.deliveries = message.info.deliveryCount
    this.#message = message
  }

  keep(): void {
    this.#message.working()
  }

  async finish(): Promise<void> {
    await this.#message.ackAck()
  }

  async postpone(delayMs: number): Promise<void> {
    this.#message.nak(delayMs)
  }

  async giveUp(reason: string): Promise<void> {
    this.#message.term(reason)
  }
}
