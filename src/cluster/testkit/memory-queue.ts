/** What does a queue do that loses, repeats and reorders, without a broker? */
import type { JobQueue, ShardJob } from '../build/job-queue.js'

interface Entry {
  readonly plan: string
  readonly shard: number
  deliveries: number
  /** By the clock of the queue; null while nobody has it. */
  heldUntilMs: number | null
}

/** Time passes when {@link MemoryQueue.pass} says so. */
export class MemoryQueue implements JobQueue {
  readonly keepMs: number
  readonly #entries = new Map<string, Entry>()
  #nowMs = 0

  constructor(keepMs = 1_000) {
    this.keepMs = keepMs
  }

  get size(): number {
    return this.#entries.size
  }

  async add(plan: string, shard: number): Promise<void> {
    const key = `${plan}.${shard}`
    if (!this.#entries.has(key)) this.#entries.set(key, { plan, shard, deliveries: 0, heldUntilMs: null })
  }

  async take(): Promise<ShardJob | null> {
    const free = [...this.#entries].find(([, { heldUntilMs }]) => heldUntilMs === null || heldUntilMs <= this.#nowMs)
    if (!free) return null
    const [key, entry] = free
    entry.deliveries += 1
    entry.heldUntilMs = this.#nowMs + this.keepMs
    const drop = async () => {
      this.#entries.delete(key)
    }
    return {
      plan: entry.plan,
      shard: entry.shard,
      deliveries: entry.deliveries,
      keep: () => {
        entry.heldUntilMs = this.#nowMs + this.keepMs
      },
      finish: drop,
      postpone: async (delayMs) => {
        entry.heldUntilMs = this.#nowMs + delayMs
      },
      giveUp: drop,
    }
  }

  pass(timeMs: number): void {
    this.#nowMs += timeMs
  }

  /** As when the folder of the broker is deleted. */
  lose(): void {
    this.#entries.clear()
  }
}
