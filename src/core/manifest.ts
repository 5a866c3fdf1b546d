/** What does the manifest of a generation say, and is a given one well formed? */
import { z } from 'zod'
import { OmnigramError } from './errors.js'

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const shardEntry = z.strictObject({
  /** File name under `shards/`: checksum + `.fm`. */
  name: z.string().regex(/^[0-9a-f]{32}\.fm$/),
  /** Hex of the shard's content checksum, which covers every byte through its block checksums. */
  checksum: z.string().regex(/^[0-9a-f]{32}$/),
  /** Size of the file. */
  bytes: count,
  documents: count,
  /** Text bytes, without separators. */
  textBytes: count,
})

export const manifestSchema = z.strictObject({
  format: z.literal('omnigram-index'),
  version: z.literal(1),
  /** What is indexed. */
  symbols: z.enum(['bytes', 'tokens']),
  /** Options that decide the bytes of the index. */
  options: z.strictObject({
    shardBytes: count,
    saRate: count,
    isaRate: count,
    profile: z.enum(['default', 'small', 'fast']),
    textField: z.string(),
    idField: z.string().nullable(),
    metaFields: z.array(z.string()).nullable(),
    facetFields: z.array(z.string()),
    invalidUtf8: z.enum(['replace', 'skip', 'fail']),
  }),
  statistics: z.strictObject({
    documents: count,
    textBytes: count,
    replacedCharacters: count,
    skipped: z.record(z.string(), count),
  }),
  shards: z.array(shardEntry),
})

/** One immutable state of an index. */
export type Manifest = z.infer<typeof manifestSchema>
export type ShardEntry = z.infer<typeof shardEntry>

/** `CURRENT`: generation name, SHA-256 of the manifest's bytes. */
const currentLine = /^(\d{6,9}) ([0-9a-f]{64})\n$/

export function parseCurrent(text: string, path: string): { generation: string, sha256: string } {
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
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new OmnigramError('damaged-index', `${path}: ${issue.path.join('.')}: ${issue.message}`)
  }
  return parsed.data
}

/** The bytes that are written and hashed: stable key order, two spaces, a newline at the end. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
