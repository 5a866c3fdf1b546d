/** What is in an index, and what takes its room? */
import { openShard, type ShardInfo } from '#native'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { fileBytesOf, type Manifest, type ShardEntry, symbolsOf } from '../core/manifest.js'
import type { SymbolKind } from '../core/pattern.js'
import { isFolder, openFile } from '../query/open-index.js'
import { readManifest } from '../query/read-manifest.js'
import { IndexFolder } from './index-folder.js'

export interface IndexReport {
  readonly generation: string
  /** What is indexed. */
  readonly symbols: SymbolKind
  readonly documents: number
  /** Taken down: still in the files, and not in the documents above. */
  readonly hiddenDocuments: number
  /** Of a token index those of the text that was tokenised. */
  readonly textBytes: number
  /** Bytes of text or tokens, without separators. */
  readonly symbolCount: number
  /** Bytes of the shards. */
  readonly indexBytes: number
  /** indexBytes / textBytes; null when there is no text. */
  readonly ratio: number | null
  readonly shards: number
  /** Symbols: text bytes and one separator a document. */
  readonly rows: number
  /** Runs of equal symbols in the transformed texts; the fewer, the smaller the index. */
  readonly runs: number
  /** rows / runs; null when there are no rows. */
  readonly rowsPerRun: number | null
  /** indexBytes / symbolCount; null when there are no symbols. */
  readonly bytesPerSymbol: number | null
  /** Order-0 entropy in bits a symbol, over all shards together. */
  readonly entropyBits: number
  /** Bits that the rank structure takes for a symbol: what the entropy is to be compared with; null when there are none. */
  readonly rankBits: number | null
  /** Bytes by section, over all shards, largest first. */
  readonly sections: readonly { readonly name: string; readonly bytes: number }[]
  readonly hasExternalIds: boolean
  readonly options: Manifest['options']
  readonly statistics: Manifest['statistics']
}

/**
 * Reads the manifest of a folder and the head of each shard, or the head of a single shard file: microseconds a shard of bytes, whatever its size; of tokens each one of the vocabulary is counted.
 *
 * Throws `unknown-index`, `newer-format`, and `damaged-index` naming the path that is missing or does not fit.
 */
export async function inspectIndex(indexDir: string): Promise<IndexReport> {
  const { generation, manifest, infos } = await readInfos(indexDir)
  const hiddenDocuments = sumOf(manifest.shards, ({ hidden }) => hidden?.documents ?? 0)
  const documents = sumOf(infos, ({ documents }) => documents) - hiddenDocuments
  const { textBytes } = manifest.statistics
  const symbolCount = symbolsOf(manifest.statistics)
  const indexBytes = sumOf(manifest.shards, fileBytesOf)
  const [rows, runs] = [sumOf(infos, (info) => info.rows), sumOf(infos, (info) => info.runs)]
  const sections = sumSections(infos)
  const rankBytes = sections
    .filter(({ name }) => /^(rank|tokens)\./.test(name))
    .reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    generation,
    symbols: manifest.symbols,
    documents,
    hiddenDocuments,
    textBytes,
    symbolCount,
    indexBytes,
    ratio: textBytes === 0 ? null : indexBytes / textBytes,
    shards: infos.length,
    rows,
    runs,
    rowsPerRun: runs === 0 ? null : rows / runs,
    bytesPerSymbol: symbolCount === 0 ? null : indexBytes / symbolCount,
    entropyBits: measureEntropy(sumSymbolCounts(infos)),
    rankBits: rows === 0 ? null : (8 * rankBytes) / rows,
    sections,
    hasExternalIds: infos.some((info) => info.hasExternalIds),
    options: manifest.options,
    statistics: manifest.statistics,
  }
}

/** The heads of the shards of a folder, or of a shard on its own. */
async function readInfos(path: string): Promise<{ generation: string; manifest: Manifest; infos: ShardInfo[] }> {
  if (!(await isFolder(path))) {
    const { generation, manifest, files } = openFile(path, 'mmap')
    return { generation, manifest, infos: files.map(({ info }) => info) }
  }
  const { generation, manifest } = await readManifest(path)
  const folder = new IndexFolder(path)
  const infos = manifest.shards.map((entry) => readShardInfo(folder.shardPath(entry.name), entry))
  return { generation, manifest, infos }
}

/**
 * The head of a shard, compared with what the manifest says of it. O(1).
 *
 * Throws `damaged-index` naming the path and the field.
 */
export function readShardInfo(path: string, entry: ShardEntry): ShardInfo {
  let info: ShardInfo
  try {
    info = openShard(path, 'mmap').info()
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    // A shard that is named but not there is damage to the index, not a mood of the system.
    const isMissing = code === 'io-failure' && /\(os error 2\)/.test(detail)
    throw new OmnigramError(isMissing ? 'damaged-index' : code, detail.includes(path) ? detail : `${path}: ${detail}`, {
      cause: thrown,
    })
  }
  const claims = [
    ['size', info.fileBytes, entry.bytes],
    ['checksum', info.checksum, entry.checksum],
    ['documents', info.documents, entry.documents],
    ['symbols', info.symbols, entry.symbolCount === undefined ? 'bytes' : 'tokens'],
    ['symbolCount', info.symbolCount, symbolsOf(entry)],
  ] as const
  for (const [field, found, claimed] of claims) {
    if (found === claimed) continue
    throw new OmnigramError('damaged-index', `${path}: ${field} is ${found} where the manifest says ${claimed}.`)
  }
  return info
}

/** Order-0 entropy in bits a symbol: Σ p · log2(1/p). */
export function measureEntropy(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((bits, count) => (count === 0 ? bits : bits + (count / total) * Math.log2(total / count)), 0)
}

/** How often each symbol occurs in all shards together. */
function sumSymbolCounts(infos: readonly ShardInfo[]): number[] {
  if (infos.every(({ symbols }) => symbols === 'bytes')) {
    return Array.from({ length: 256 }, (_, byte) => sumOf(infos, ({ byteCounts }) => byteCounts[byte]))
  }
  const sums = new Array<number>(Math.max(...infos.map(({ vocabulary }) => vocabulary))).fill(0)
  for (const { path, vocabulary } of infos) {
    const patterns = Array.from({ length: vocabulary }, (_, id) => new Uint8Array(Uint32Array.of(id).buffer))
    const counts = openShard(path, 'mmap').count(patterns, 0)
    counts.forEach((count, id) => {
      sums[id] += count
    })
  }
  return sums
}

function sumSections(infos: readonly ShardInfo[]): { name: string; bytes: number }[] {
  const sums = new Map<string, number>()
  for (const { name, bytes } of infos.flatMap(({ sections }) => sections)) {
    sums.set(name, (sums.get(name) ?? 0) + bytes)
  }
  return [...sums].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes)
}

function sumOf<Value>(values: readonly Value[], pick: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + pick(value), 0)
}
