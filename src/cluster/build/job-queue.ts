/** How do workers learn which shards wait to be built? What a queue must do, whatever carries it. */

/** A shard of a plan that a worker has taken. */
export interface ShardJob {
  readonly plan: string
  readonly shard: number
  /** 1 at the first time. */
  readonly deliveries: number
  /** The work goes on: nobody else need take it. To be said several times in the time that the queue waits. */
  keep(): void
  /** It is done, or need not be done any more. */
  finish(): Promise<void>
  /** Somebody should try it again, after so long. */
  postpone(delayMs: number): Promise<void>
  /** It cannot be done. */
  giveUp(reason: string): Promise<void>
}

/**
 * A queue may lose, repeat and reorder jobs: what is done stands in the store. All methods throw `unreachable-broker` while the
 * queue is away.
 */
export interface JobQueue {
  /** Nothing happens where the job waits or is worked on. */
  add(plan: string, shard: number): Promise<void>
  /** The next job, or null when there was none for so long. */
  take(waitMs: number): Promise<ShardJob | null>
  /** A worker must say {@link ShardJob.keep} more often than this, or another one gets its job. */
  readonly keepMs: number
}
