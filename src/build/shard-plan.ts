/** Which documents go into which shard, written down so that any machine can build any of the shards? */
import { createHash } from 'node:crypto'
import { OmnigramError } from '../core/errors.js'
import { type JsonFields, readFields } from '../core/json-fields.js'
import { type IndexOptions, type Manifest, readIndexOptions, readStatistics } from '../core/manifest.js'

/** The documents of one shard: a stretch of the input in its order. */
export interface PlannedShard {
  /** The file that its first document is in, by number. */
  readonly firstFile: number
  /** Indexed documents of that file that belong to shards before. */
  readonly skipDocuments: number
  readonly documents: number
  /** Text bytes; of tokens 4 bytes each. */
  readonly sizeBytes: number
  /** The same documents give the same digest. */
  readonly digest: string
}

/** How the input is read, beyond what decides the bytes of the index. */
export interface PlannedReading {
  readonly format: string | null
  readonly isStrict: boolean
  readonly idsType: 'u16' | 'u32' | null
  readonly documentSeparator: number | null
}

/** A build in pieces. What is in it decides every byte of the index; nothing else is. */
export interface ShardPlan {
  readonly format: 'omnigram-plan'
  readonly version: 1
  /** Where the index goes. */
  readonly store: string
  readonly options: IndexOptions
  readonly reading: PlannedReading
  /** In the order of reading, by the paths that every machine finds them at. */
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[]
  readonly statistics: Manifest['statistics']
  readonly shards: readonly PlannedShard[]
}

export function formatPlan(plan: ShardPlan): string {
  return `${JSON.stringify(plan)}\n`
}

/** What the plan is called: equal plans are equal builds. */
export function namePlan(plan: ShardPlan): string {
  return createHash('sha256').update(formatPlan(plan)).digest('hex').slice(0, 32)
}

/** Throws `bad-plan` naming the file and the field. */
export function parsePlan(text: string, path: string): ShardPlan {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new OmnigramError('bad-plan', `${path} is not JSON.`, { cause: error })
  }
  const plan = readFields(value, path, 'bad-plan', readPlan)
  const bad = plan.shards.find(({ firstFile }) => firstFile >= plan.files.length)
  if (bad || plan.shards.length === 0) throw new OmnigramError('bad-plan', `${path}: its shards are not of its files.`)
  return plan
}

function readPlan(fields: JsonFields): ShardPlan {
  return {
    format: fields.choice('format', ['omnigram-plan']),
    version: fields.choice('version', [1]),
    store: fields.text('store'),
    options: fields.object('options', readIndexOptions),
    reading: fields.object('reading', (reading) => ({
      format: reading.nullable('format', (name) => reading.text(name)),
      isStrict: reading.bool('isStrict'),
      idsType: reading.nullable('idsType', (name) => reading.choice(name, ['u16', 'u32'] as const)),
      documentSeparator: reading.nullable('documentSeparator', (name) => reading.count(name)),
    })),
    files: fields.objects('files', (file) => ({ path: file.text('path'), sizeBytes: file.count('sizeBytes') })),
    statistics: fields.object('statistics', readStatistics),
    shards: fields.objects('shards', (shard) => ({
      firstFile: shard.count('firstFile'),
      skipDocuments: shard.count('skipDocuments'),
      documents: shard.count('documents'),
      sizeBytes: shard.count('sizeBytes'),
      digest: shard.text('digest', /^[0-9a-f]+$/),
    })),
  }
}
