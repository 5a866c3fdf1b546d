/** What does a build keep on disk, so that it can go on after a kill? */
import { z } from 'zod'
import { OmnigramError } from '../core/errors.js'
import { manifestSchema } from '../core/manifest.js'
import type { FileSystem } from './file-system.js'
import type { IndexFolder } from './index-folder.js'

const base = z.strictObject({ generation: z.string(), sha256: z.string() })

const buildState = z.strictObject({
  format: z.literal('omnigram-build'),
  version: z.literal(1),
  mode: z.enum(['create', 'append']),
  /** The live generation when the build began; null when there was none. */
  base: base.nullable(),
  options: manifestSchema.shape.options,
  reading: z.strictObject({ format: z.string().nullable(), isStrict: z.boolean() }),
  /** The input, in order. Size null for standard input. */
  files: z.array(z.strictObject({ path: z.string(), sizeBytes: z.number().nullable() })),
})

/** What a build was started with. Memory and threads may differ when it goes on: they decide no bytes. */
export type BuildState = z.infer<typeof buildState>
/** A generation by its name and the checksum of its manifest. */
export type BaseGeneration = z.infer<typeof base>

const shardRecord = z.strictObject({
  /** Digest of the documents. */
  digest: z.string(),
  entry: manifestSchema.shape.shards.element,
})

/** A shard that is built, lies in the `build` folder and is on the disk. */
export type ShardRecord = z.infer<typeof shardRecord>

/** Null when no build was stopped here. Throws `changed-input` when the state cannot be read. */
export async function readState(folder: IndexFolder, files: FileSystem): Promise<BuildState | null> {
  const text = await files.readText(folder.statePath)
  if (text === null) return null
  const state = buildState.safeParse(parseJson(text))
  if (state.success) return state.data
  throw new OmnigramError('changed-input', `${folder.statePath} is not the state of a build.`)
}

export async function writeState(state: BuildState, folder: IndexFolder, files: FileSystem): Promise<void> {
  await replaceFile(folder.statePath, JSON.stringify(state), folder, files)
}

/** Null when that shard is not built, or its record is no good. */
export async function readRecord(shard: number, folder: IndexFolder, files: FileSystem): Promise<ShardRecord | null> {
  const text = await files.readText(folder.recordPath(shard))
  return text === null ? null : (shardRecord.safeParse(parseJson(text)).data ?? null)
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
