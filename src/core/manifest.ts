/** What does the manifest of a generation say, and is a given one well formed? */
import type { InvalidUtf8Policy } from './document.js'
import { OmnigramError } from './errors.js'
import { type JsonFields, readFields } from './json-fields.js'

export interface ShardEntry {
  /** File name under `shards/`: checksum + `.fm`. */
  readonly name: string
  /** Hex of the shard's content checksum, which covers every byte through its block checksums. */
  readonly checksum: string
  /** Size of the file. */
  readonly bytes: number
  readonly documents: number
  /** Text bytes, without separators. */
  readonly textBytes: number
}

/** Options that decide the bytes of the index. */
export interface IndexOptions {
  readonly shardBytes: number
  readonly saRate: number
  readonly isaRate: number
  readonly profile: 'default' | 'small' | 'fast'
  readonly textField: string
  readonly idField: string | null
  readonly metaFields: string[] | null
  readonly facetFields: string[]
  readonly invalidUtf8: InvalidUtf8Policy
}

/** One immutable state of an index. */
export interface Manifest {
  readonly format: 'omnigram-index'
  readonly version: 1
  /** What is indexed. */
  readonly symbols: 'bytes' | 'tokens'
  readonly options: IndexOptions
  readonly statistics: {
    readonly documents: number
    readonly textBytes: number
    readonly replacedCharacters: number
    readonly skipped: Record<string, number>
  }
  readonly shards: ShardEntry[]
}

export function readShardEntry(fields: JsonFields): ShardEntry {
  return {
    name: fields.text('name', /^[0-9a-f]{32}\.fm$/),
    checksum: fields.text('checksum', /^[0-9a-f]{32}$/),
    bytes: fields.count('bytes'),
    documents: fields.count('documents'),
    textBytes: fields.count('textBytes'),
  }
}

export function readIndexOptions(fields: JsonFields): IndexOptions {
  return {
    shardBytes: fields.count('shardBytes'),
    saRate: fields.count('saRate'),
    isaRate: fields.count('isaRate'),
    profile: fields.choice('profile', ['default', 'small', 'fast']),
    textField: fields.text('textField'),
    idField: fields.nullable('idField', (name) => fields.text(name)),
    metaFields: fields.nullable('metaFields', (name) => fields.texts(name)),
    facetFields: fields.texts('facetFields'),
    invalidUtf8: fields.choice('invalidUtf8', ['replace', 'skip', 'fail']),
  }
}

function readManifest(fields: JsonFields): Manifest {
  return {
    format: fields.choice('format', ['omnigram-index']),
    version: fields.choice('version', [1]),
    symbols: fields.choice('symbols', ['bytes', 'tokens']),
    options: fields.object('options', readIndexOptions),
    statistics: fields.object('statistics', (statistics) => ({
      documents: statistics.count('documents'),
      textBytes: statistics.count('textBytes'),
      replacedCharacters: statistics.count('replacedCharacters'),
      skipped: statistics.counts('skipped'),
    })),
    shards: fields.objects('shards', readShardEntry),
  }
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
  if (typeof version === 'number' && version > 1) {
    throw new OmnigramError('newer-format', `${path} has version ${version}, this program reads 1.`)
  }
  return readFields(value, path, 'damaged-index', readManifest)
}

/** The bytes that are written and hashed: stable key order, two spaces, a newline at the end. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
