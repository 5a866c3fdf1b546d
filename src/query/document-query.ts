/** Which documents of the index satisfy a query by several patterns? */
import { limits } from '../core/limits.js'
import type { Matching } from '../core/pattern.js'
import { findInShards } from './find-ranges.js'
import type { DocumentQueryOptions } from './index-reader.js'
import type { DocumentTerm } from './list-documents.js'
import { isByCharacter } from './pattern-bytes.js'
import type { QueryCall } from './query-call.js'
import { packRanges, type ShardSet } from './shard-set.js'
import { countRows } from './sum-up.js'

/** The patterns of a query, encoded. */
export interface QueryTerms {
  readonly all: readonly Uint8Array[]
  readonly any: readonly Uint8Array[]
  readonly none: readonly Uint8Array[]
}

/** Ascending document numbers in the index. */
export interface FoundDocuments {
  readonly documents: number[]
  readonly isExact: boolean
}

/** Shard by shard, as no document is split. Throws `too-expensive` and whatever the search of a pattern throws. */
export async function queryDocuments(
  shards: ShardSet,
  { all, any, none }: QueryTerms,
  { matching, exact }: DocumentQueryOptions,
  call: QueryCall,
): Promise<FoundDocuments> {
  const find = (patterns: readonly Uint8Array[]) =>
    Promise.all(patterns.map((pattern) => findTerm(shards, pattern, matching, call)))
  const [allFound, anyFound, noneFound] = await Promise.all([find(all), find(any), find(none)])
  const totalRows = shards.rows.reduce((sum, rows) => sum + rows, 0)
  const tasks = shards.files.flatMap((_, shard) => {
    const inShard = (terms: DocumentTerm[][]) => terms.map((term) => term[shard])
    const terms = { all: inShard(allFound), any: inShard(anyFound), none: inShard(noneFound) }
    const canMatch = terms.all.every(isPresent) && (terms.any.length === 0 || terms.any.some(isPresent))
    const maxSteps = exact ? Number.MAX_SAFE_INTEGER : Math.ceil((limits.listSteps * shards.rows[shard]) / totalRows)
    return canMatch ? [{ shard, input: { ...terms, maxSteps } }] : []
  })
  const answers = await shards.runAll(tasks, 'listMatchingDocuments', call, 'batch')
  return {
    documents: answers.flatMap(({ documents }, task) =>
      Array.from(documents, (document) => shards.firstDocuments[tasks[task].shard] + document),
    ),
    isExact: answers.every(({ isComplete }) => isComplete),
  }
}

/** The term in each shard. */
async function findTerm(
  shards: ShardSet,
  pattern: Uint8Array,
  matching: Matching | undefined,
  call: QueryCall,
): Promise<DocumentTerm[]> {
  const found = await findInShards(shards, pattern, matching, call)
  // Bytes of token ids could be found where no token begins.
  const isLiteral = !isByCharacter(matching) && shards.files.every(({ info }) => info.symbols === 'bytes')
  const literal = isLiteral ? pattern : null
  return found.map((ranges) => ({ ranges: packRanges(ranges), count: countRows(ranges), literal }))
}

function isPresent(term: DocumentTerm): boolean {
  return term.count > 0
}
