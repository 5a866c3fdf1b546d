/** What can be asked of one shard, on whichever thread? */
import type {
  DocumentCount,
  DocumentList,
  DocumentRecord,
  FacetCounts,
  FoundRange,
  Matching,
  NextEntry,
  Shard,
} from '#native'
import type { SymbolUnit, UnitOffsets } from './index-reader.js'
import { type DocumentTerms, listMatchingDocuments } from './list-documents.js'
import { describeOccurrences, locateOccurrences } from './locate-occurrences.js'
import { type PackedPatterns, unpackPatterns } from './packed-patterns.js'
import { countUnits, extractText, readDocument } from './read-document.js'
import { extractTokens, readTokenDocument } from './read-token-document.js'
import type {
  DocumentPart,
  PackedRanges,
  PlacesInput,
  RowsInput,
  ShardDocument,
  ShardOccurrence,
  ShardTokenDocument,
  TextExtract,
  TokenExtract,
} from './shard-values.js'

interface TaskTypes {
  count: { input: PackedPatterns; result: Float64Array }
  find: { input: { pattern: Uint8Array; matching: Matching | null }; result: FoundRange[] }
  push: { input: { lo: number; hi: number; symbols: Uint8Array }; result: { lo: number; hi: number } }
  /** The ranges are overwritten. */
  pushBatch: { input: { ranges: PackedRanges; symbols: Uint8Array }; result: Float64Array }
  next: { input: { ranges: PackedRanges; unit: SymbolUnit; limit: number | null }; result: NextEntry[] }
  follow: { input: { rows: Float64Array; maxSymbols: number }; result: Uint8Array[] }
  locateOccurrences: { input: RowsInput; result: ShardOccurrence[] }
  describeOccurrences: { input: PlacesInput; result: ShardOccurrence[] }
  extract: { input: DocumentPart; result: TextExtract }
  extractTokens: { input: DocumentPart; result: TokenExtract }
  records: { input: Float64Array; result: DocumentRecord[] }
  document: { input: number; result: ShardDocument }
  documentTokens: { input: number; result: ShardTokenDocument }
  findExternalId: { input: string; result: number | null }
  listExternalId: { input: string; result: Float64Array }
  countUnits: { input: { document: number; offset: number }; result: UnitOffsets }
  countDocuments: { input: { ranges: PackedRanges; maxSteps: number; seed: number }; result: DocumentCount }
  listDocuments: { input: { ranges: PackedRanges; maxSteps: number }; result: DocumentList }
  listDocumentsFrom: {
    input: { ranges: PackedRanges; firstDocument: number; limit: number; maxSteps: number }
    result: DocumentList
  }
  listMatchingDocuments: { input: DocumentTerms; result: { documents: Float64Array; isComplete: boolean } }
  countFacets: { input: { ranges: PackedRanges; field: string; maxSteps: number }; result: FacetCounts }
  longestMatches: { input: Uint8Array; result: Float64Array }
}

export type TaskName = keyof TaskTypes
export type TaskInput<Name extends TaskName> = TaskTypes[Name]['input']
export type TaskResult<Name extends TaskName> = TaskTypes[Name]['result']

type TaskTable = { [Name in TaskName]: (shard: Shard, input: TaskInput<Name>, ticket: number) => TaskResult<Name> }

const tasks: TaskTable = {
  count: (shard, patterns, ticket) => shard.count(unpackPatterns(patterns), ticket),
  find: (shard, { pattern, matching }, ticket) => shard.find(pattern, matching, ticket),
  push: (shard, { lo, hi, symbols }) => shard.push(lo, hi, symbols),
  pushBatch: (shard, { ranges, symbols }, ticket) => {
    shard.pushBatch(ranges, symbols, ticket)
    return ranges
  },
  next: (shard, { ranges, unit, limit }, ticket) => shard.next(ranges, unit, limit, ticket),
  follow: (shard, { rows, maxSymbols }, ticket) => shard.followBatch(rows, maxSymbols, ticket),
  locateOccurrences,
  describeOccurrences,
  extract: extractText,
  extractTokens,
  records: (shard, documents) => Array.from(documents, (document) => shard.document(document)),
  document: readDocument,
  documentTokens: readTokenDocument,
  findExternalId: (shard, externalId) => shard.findExternalId(externalId),
  listExternalId: (shard, externalId) => shard.listExternalId(externalId),
  countUnits,
  countDocuments: (shard, { ranges, maxSteps, seed }, ticket) => shard.countDocuments(ranges, maxSteps, seed, ticket),
  listDocuments: (shard, { ranges, maxSteps }, ticket) => shard.listDocuments(ranges, maxSteps, ticket),
  listDocumentsFrom: (shard, { ranges, firstDocument, limit, maxSteps }, ticket) =>
    shard.listDocumentsFrom(ranges, firstDocument, limit, maxSteps, ticket),
  listMatchingDocuments,
  countFacets: (shard, { ranges, field, maxSteps }, ticket) => shard.countFacets(ranges, field, maxSteps, ticket),
  longestMatches: (shard, text, ticket) => shard.longestMatches(text, ticket),
}

/**
 * Does one task on the calling thread. Throws what the native core throws: errors with a `code` of the registry; and
 * `damaged-index` where the file is known to differ from its checksums, whatever the task found.
 */
export function runShardTask<Name extends TaskName>(
  shard: Shard,
  name: Name,
  input: TaskInput<Name>,
  ticket: number,
): TaskResult<Name> {
  const result = tasks[name](shard, input, ticket)
  // Damage that a check beside the search has found: what was answered may be wrong.
  shard.isVerified()
  return result
}
