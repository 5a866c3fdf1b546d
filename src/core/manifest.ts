/** What does the manifest of a generation say, and is a given one well formed? */
import type { InvalidUtf8Policy } from './document.js'
import { OmnigramError } from './errors.js'
import { type JsonFields, readFields } from './json-fields.js'
import type { SymbolKind } from './pattern.js'

/** Documents of a shard that are hidden: they were taken down, and the next merge drops them. */
export interface HiddenEntry {
  /** File name under `shards/`: checksum + `.hidden`. It lists the rows of the documents. */
  readonly name: string
  readonly checksum: string
  /** Size of the file. */
  readonly bytes: number
  readonly documents: number
  /** Text bytes or tokens, without separators. */
  readonly symbolCount: number
}

export interface ShardEntry {
  /** File name under `shards/`: checksum + `.fm`. */
  readonly name: string
  /** Hex of the shard's content checksum, which covers every byte through its block checksums. */
  readonly checksum: string
  /** Size of the file. */
  readonly bytes: number
  readonly documents: number
  /** Text bytes, without separators; of a token index those of the text that was tokenised, 0 for ready ids. */
  readonly textBytes: number
  /** Tokens, without separators; only in a token index. */
  readonly symbolCount?: number
  /** What is left out of the shard, which the numbers above count; absent for nothing. */
  readonly hidden?: HiddenEntry
}

/** A tokenizer.json that lies in the index, under its checksum. */
export interface TokenizerEntry {
  /** File name under `tokenizers/`: SHA-256 + `.json`. */
  readonly name: string
  readonly sha256: string
  /** Size of the file. */
  readonly bytes: number
}

/** What a token index is made of. */
export interface TokenOptions {
  /** Field of JSON lines that held ready ids; null where text was tokenised. */
  readonly idsField: string | null
  /** Ids are below it; null where nothing was said, so that each shard goes by the largest id that it holds. */
  readonly vocabulary: number | null
  /** What turns text into ids and ids into text; null where only ids are known. */
  readonly tokenizer: TokenizerEntry | null
}

/** Options that decide the bytes of the index. */
export interface IndexOptions {
  readonly shardBytes: number
  readonly saRate: number
  readonly isaRate: number
  readonly profile: 'default' | 'small' | 'fast'
  /** Whether the shards keep their text too. */
  readonly textStore: boolean
  readonly textField: string
  readonly idField: string | null
  readonly metaFields: string[] | null
  readonly facetFields: string[]
  readonly invalidUtf8: InvalidUtf8Policy
  /** Only in a token index. */
  readonly tokens?: TokenOptions
}

/** One immutable state of an index. */
export interface Manifest {
  readonly format: 'omnigram-index'
  /** The lowest version whose readers show no more than they should: 2 where documents are hidden. */
  readonly version: 1 | 2
  /** What is indexed. */
  readonly symbols: SymbolKind
  readonly options: IndexOptions
  readonly statistics: {
    /** Without those that are hidden, as are all counts of text. */
    readonly documents: number
    readonly textBytes: number
    /** Tokens, without separators; only in a token index. */
    readonly symbolCount?: number
    /** Documents with text that the tokenizer has no token for; only in a token index. */
    readonly lossyDocuments?: number
    readonly replacedCharacters: number
    readonly skipped: Record<string, number>
  }
  readonly shards: ShardEntry[]
}

function readHiddenEntry(fields: JsonFields): HiddenEntry {
  return {
    name: fields.text('name', /^[0-9a-f]{32}\.hidden$/),
    checksum: fields.text('checksum', /^[0-9a-f]{32}$/),
    bytes: fields.count('bytes'),
    documents: fields.count('documents'),
    symbolCount: fields.count('symbolCount'),
  }
}

export function readShardEntry(fields: JsonFields): ShardEntry {
  const hidden = fields.optional('hidden', (name) => fields.object(name, readHiddenEntry))
  return {
    name: fields.text('name', /^[0-9a-f]{32}\.fm$/),
    checksum: fields.text('checksum', /^[0-9a-f]{32}$/),
    bytes: fields.count('bytes'),
    documents: fields.count('documents'),
    textBytes: fields.count('textBytes'),
    ...readCounts(fields, ['symbolCount']),
    ...(hidden && { hidden }),
  }
}

/** Those of the counts that are there. */
function readCounts<Name extends string>(fields: JsonFields, names: readonly Name[]): { [key in Name]?: number } {
  const counts: { [key in Name]?: number } = {}
  for (const name of names) {
    const count = fields.optional(name, () => fields.count(name))
    if (count !== undefined) counts[name] = count
  }
  return counts
}

function readTokenOptions(fields: JsonFields): TokenOptions {
  return {
    idsField: fields.nullable('idsField', (name) => fields.text(name)),
    vocabulary: fields.nullable('vocabulary', (name) => fields.count(name)),
    tokenizer: fields.nullable('tokenizer', (name) =>
      fields.object(name, (tokenizer) => ({
        name: tokenizer.text('name', /^[0-9a-f]{64}\.json$/),
        sha256: tokenizer.text('sha256', /^[0-9a-f]{64}$/),
        bytes: tokenizer.count('bytes'),
      })),
    ),
  }
}

export function readIndexOptions(fields: JsonFields): IndexOptions {
  const tokens = fields.optional('tokens', (name) => fields.object(name, readTokenOptions))
  return {
    shardBytes: fields.count('shardBytes'),
    saRate: fields.count('saRate'),
    isaRate: fields.count('isaRate'),
    profile: fields.choice('profile', ['default', 'small', 'fast']),
    // Indexes of the first version do not say it.
    textStore: fields.boolOr('textStore', false),
    textField: fields.text('textField'),
    idField: fields.nullable('idField', (name) => fields.text(name)),
    metaFields: fields.nullable('metaFields', (name) => fields.texts(name)),
    facetFields: fields.texts('facetFields'),
    invalidUtf8: fields.choice('invalidUtf8', ['replace', 'skip', 'fail']),
    ...(tokens && { tokens }),
  }
}

export function readStatistics(statistics: JsonFields): Manifest['statistics'] {
  return {
    documents: statistics.count('documents'),
    textBytes: statistics.count('textBytes'),
    ...readCounts(statistics, ['symbolCount', 'lossyDocuments']),
    replacedCharacters: statistics.count('replacedCharacters'),
    skipped: statistics.counts('skipped'),
  }
}

function readManifest(fields: JsonFields): Manifest {
  const manifest: Manifest = {
    format: fields.choice('format', ['omnigram-index']),
    version: fields.choice('version', [1, 2]),
    symbols: fields.choice('symbols', ['bytes', 'tokens']),
    options: fields.object('options', readIndexOptions),
    statistics: fields.object('statistics', readStatistics),
    shards: fields.objects('shards', readShardEntry),
  }
  checkSymbols(manifest, fields)
  if (manifest.version !== versionOf(manifest.shards)) {
    throw new OmnigramError(
      'damaged-index',
      `${fields.file}: version is ${manifest.version}, its shards say otherwise.`,
    )
  }
  return manifest
}

/** A token index says its tokens everywhere, a byte index nowhere. */
function checkSymbols({ symbols, options, statistics, shards }: Manifest, fields: JsonFields): void {
  const counts = [options.tokens, statistics.symbolCount, ...shards.map(({ symbolCount }) => symbolCount)]
  const isTokens = symbols === 'tokens'
  if (counts.every((count) => (count !== undefined) === isTokens)) return
  throw new OmnigramError('damaged-index', `${fields.file}: symbols is ${symbols}, other fields say otherwise.`)
}

/** A program that knows version 1 alone would show what is hidden: so it must not open the index. */
export function versionOf(shards: readonly ShardEntry[]): Manifest['version'] {
  return shards.some(({ hidden }) => hidden) ? 2 : 1
}

/** Documents of a shard that are not hidden. */
export function visibleDocumentsOf({ documents, hidden }: ShardEntry): number {
  return documents - (hidden?.documents ?? 0)
}

/** Symbols of these, without separators. */
export function visibleSymbolsOf(entry: ShardEntry): number {
  return symbolsOf(entry) - (entry.hidden?.symbolCount ?? 0)
}

/** Names of the files under `shards/` that make up a shard. */
export function fileNamesOf({ name, hidden }: ShardEntry): string[] {
  return hidden ? [name, hidden.name] : [name]
}

/** Bytes of these. */
export function fileBytesOf({ bytes, hidden }: ShardEntry): number {
  return bytes + (hidden?.bytes ?? 0)
}

/** Symbols of a shard or of an index, without separators. */
export function symbolsOf({ textBytes, symbolCount }: Pick<ShardEntry, 'textBytes' | 'symbolCount'>): number {
  return symbolCount ?? textBytes
}

/** `CURRENT`: generation name, SHA-256 of the manifest's bytes. */
const currentLine = /^(\d{6,9}) ([0-9a-f]{64})\n$/

export function parseCurrent(text: string, path: string): { generation: string; sha256: string } {
  const match = currentLine.exec(text)
  if (!match) throw new OmnigramError('damaged-index', `${path} is not a line of generation and checksum.`)
  return { generation: match[1], sha256: match[2] }
}

export function formatCurrent(generation: string, sha256: string): string {
  return `${generation} ${sha256}\n`
}

/** Reads a manifest's text. Throws `damaged-index` naming the path and the field. */
export function parseManifest(text: string, path: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new OmnigramError('damaged-index', `${path} is not JSON.`, { cause: error })
  }
  const version = (value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version > 2) {
    throw new OmnigramError('newer-format', `${path} has version ${version}, this program reads 1 and 2.`)
  }
  return readFields(value, path, 'damaged-index', readManifest)
}

/** The bytes that are written and hashed: stable key order, two spaces, a newline at the end. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
