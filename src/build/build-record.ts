/** What does a build keep on disk, so that it can go on after a kill? */
import { OmnigramError } from '../core/errors.js'
import { type JsonFields, readFields } from '../core/json-fields.js'
import { type IndexOptions, readIndexOptions, readShardEntry, type ShardEntry } from '../core/manifest.js'
import type { FileSystem } from './file-system.js'
import type { IndexFolder } from './index-folder.js'

/** A generation by its name and the checksum of its manifest. */
export interface BaseGeneration {
  readonly generation: string
  readonly sha256: string
}

/** What a build was started with. Memory and threads may differ when it goes on: they decide no bytes. */
export interface BuildState {
  readonly format: 'omnigram-build'
  readonly version: 1
  readonly mode: 'create' | 'append'
  /** The live generation when the build began; null when there was none. */
  readonly base: BaseGeneration | null
  readonly options: IndexOptions
  readonly reading: {
    readonly format: string | null
    readonly isStrict: boolean
    /** Of ready token ids. */
    readonly idsType?: 'u16' | 'u32' | null
    readonly documentSeparator?: number | null
  }
  /** The input, in order. Size null for standard input. */
  readonly files: { readonly path: string; readonly sizeBytes: number | null }[]
}

/** A shard that is built, lies in the `build` folder and is on the disk. */
export interface ShardRecord {
  /** Digest of the documents. */
  readonly digest: string
  readonly entry: ShardEntry
}

function readBuildState(fields: JsonFields): BuildState {
  return {
    format: fields.choice('format', ['omnigram-build']),
    version: fields.choice('version', [1]),
    mode: fields.choice('mode', ['create', 'append']),
    base: fields.nullable('base', (name) =>
      fields.object(name, (base) => ({ generation: base.text('generation'), sha256: base.text('sha256') })),
    ),
    options: fields.object('options', readIndexOptions),
    reading: fields.object('reading', readReading),
    files: fields.objects('files', (file) => ({
      path: file.text('path'),
      sizeBytes: file.nullable('sizeBytes', (name) => file.count(name)),
    })),
  }
}

function readReading(reading: JsonFields): BuildState['reading'] {
  const format = reading.nullable('format', (name) => reading.text(name))
  const isStrict = reading.bool('isStrict')
  const types = ['u16', 'u32'] as const
  const idsType = reading.optional('idsType', (name) => reading.nullable(name, () => reading.choice(name, types)))
  const documentSeparator = reading.optional('documentSeparator', (name) =>
    reading.nullable(name, () => reading.count(name)),
  )
  if (idsType === undefined || documentSeparator === undefined) return { format, isStrict }
  return { format, isStrict, idsType, documentSeparator }
}

function readShardRecord(fields: JsonFields): ShardRecord {
  return { digest: fields.text('digest'), entry: fields.object('entry', readShardEntry) }
}

/** Null when no build was stopped here. Throws `changed-input` when the state cannot be read. */
export async function readState(folder: IndexFolder, files: FileSystem): Promise<BuildState | null> {
  const text = await files.readText(folder.statePath)
  if (text === null) return null
  return readFields(parseJson(text), folder.statePath, 'changed-input', readBuildState)
}

export async function writeState(state: BuildState, folder: IndexFolder, files: FileSystem): Promise<void> {
  await replaceFile(folder.statePath, JSON.stringify(state), folder, files)
}

/** Null when that shard is not built, or its record is no good. */
export async function readRecord(shard: number, folder: IndexFolder, files: FileSystem): Promise<ShardRecord | null> {
  const text = await files.readText(folder.recordPath(shard))
  if (text === null) return null
  try {
    return readFields(parseJson(text), folder.recordPath(shard), 'changed-input', readShardRecord)
  } catch (error) {
    if (error instanceof OmnigramError) return null
    throw error
  }
}

export async function writeRecord(
  shard: number,
  record: ShardRecord,
  folder: IndexFolder,
  files: FileSystem,
): Promise<void> {
  await replaceFile(folder.recordPath(shard), JSON.stringify(record), folder, files)
}

/** The new content or the old one, never a part. */
async function replaceFile(path: string, content: string, { buildDir }: IndexFolder, files: FileSystem): Promise<void> {
  await files.writeFile(`${path}.tmp`, content)
  await files.rename(`${path}.tmp`, path)
  await files.syncFolder(buildDir)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
