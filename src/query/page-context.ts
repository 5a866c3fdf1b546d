/** What does every page of a match need besides the match? */
import type { DocumentList } from '#native'
import type { SymbolKind } from '../core/pattern.js'
import type { Occurrence } from './index-reader.js'
import type { QueryCall } from './query-call.js'
import type { RecentCache } from './recent-cache.js'
import type { ShardSet } from './shard-set.js'
import type { ShardOccurrence } from './shard-values.js'

export interface PageContext {
  readonly symbols: SymbolKind
  readonly shards: ShardSet
  /** Lists of documents by generation, shard and ranges. */
  readonly lists: RecentCache<DocumentList>
  /** Numbers and names an occurrence of a shard in the whole index. */
  readonly describe: (shard: number, occurrence: ShardOccurrence) => Occurrence
  readonly call: QueryCall
}
