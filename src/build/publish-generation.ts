/** How does a generation become the live one, in one step and for good? */
import { dirname, resolve } from 'node:path'
import { OmnigramError } from '../core/errors.js'
import { formatCurrent, formatManifest, type Manifest } from '../core/manifest.js'
import { readCurrent } from '../query/read-manifest.js'
import type { TokenizerFile } from '../tokenizer/tokenizer-file.js'
import type { FileSystem } from './file-system.js'
import type { IndexFolder } from './index-folder.js'
import { hashManifest } from './read-generation.js'

/** What goes into the folder before the manifest names it. */
export interface GenerationFiles {
  readonly moves: readonly ShardMove[]
  readonly tokenizers: readonly TokenizerFile[]
}

/** A shard that lies in the `build` folder, and its name among the published ones. */
export interface ShardMove {
  readonly builtPath: string
  readonly name: string
}

/**
 * Puts the shards and the manifest in place, waits until they are on the disk, then replaces `CURRENT`. Until that last
 * rename nothing of it can be seen, whatever happens. Doing it twice does no harm.
 *
 * Throws `changed-input` when another generation has this name already; `io-failure`, `no-disk`.
 */
export async function publishGeneration(
  folder: IndexFolder,
  generation: string,
  manifest: Manifest,
  { moves, tokenizers }: GenerationFiles,
  files: FileSystem,
): Promise<void> {
  const text = formatManifest(manifest)
  const sha256 = hashManifest(text)
  const line = formatCurrent(generation, sha256)
  const liveLine = await files.readText(folder.currentPath)
  if (liveLine === line) return
  if (liveLine !== null && (await readCurrent(folder.indexDir)).generation === generation) {
    const detail = `Generation ${generation} is live, and this input makes another one of that name.`
    throw new OmnigramError('changed-input', detail)
  }
  await files.makeFolder(folder.shardsDir)
  for (const { builtPath, name } of moves) await files.rename(builtPath, folder.shardPath(name))
  await files.syncFolder(folder.shardsDir)
  if (tokenizers.length > 0) await files.makeFolder(folder.tokenizersDir)
  for (const { entry, json } of tokenizers) await replaceDurably(folder.tokenizerPath(entry.name), json, files)
  if (tokenizers.length > 0) await files.syncFolder(folder.tokenizersDir)
  await files.makeFolder(folder.generationsDir)
  await replaceDurably(folder.generationPath(generation), text, files)
  await files.syncFolder(folder.generationsDir)
  await files.syncFolder(folder.indexDir)
  await replaceDurably(folder.currentPath, line, files)
  await files.syncFolder(folder.indexDir)
  await files.syncFolder(dirname(resolve(folder.indexDir)))
}

async function replaceDurably(path: string, content: string | Uint8Array, files: FileSystem): Promise<void> {
  await files.writeFile(`${path}.tmp`, content)
  await files.rename(`${path}.tmp`, path)
}
