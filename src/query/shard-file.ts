/** Which shard is meant, and what is known of it without asking a worker? */
import type { Shard, ShardInfo } from '#native'
import type { Residency } from '../core/residency.js'

export interface ShardFile {
  readonly path: string
  /** The file that lists what of it is hidden; null for nothing. */
  readonly hiddenPath: string | null
  readonly residency: Residency
  /**
   * The shard as this thread holds it; it keeps the mapping alive that all threads share. Null where other machines hold it:
   * then everything is asked of the runner.
   */
  readonly shard: Shard | null
  readonly info: ShardInfo
  /** Whether all its bytes have been compared with their checksums. May throw `damaged-index`. */
  isVerified(): boolean
}
