/** Which files of an index does a page need? Those of its live generation, copied and compared with their checksums. */
import { constants, copyFile, mkdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { checkShardFile } from '../../cluster/store/pull-index.js'
import { OmnigramError } from '../../core/errors.js'
import type { Manifest, ShardEntry } from '../../core/manifest.js'
import { openFile } from '../../query/open-index.js'
import { asIoFailure, readManifest } from '../../query/read-manifest.js'
import { isIndexName } from '../served-indexes.js'

/** An index that can be part of a static site. */
export interface ExportableIndex {
  readonly name: string
  /** Where it will lie in the site. */
  readonly path: string
  readonly documents: number
  readonly bytes: number
  readonly files: readonly IndexFile[]
}

interface IndexFile {
  readonly from: string
  /** In the folder of the site. */
  readonly to: string
  readonly bytes: number
  /** What a shard has to be; null for other files. */
  readonly entry: ShardEntry | null
}

/**
 * Looks what there is to copy. Throws `bad-argument` for what pages do not read: indexes of tokens, and those that hide
 * documents; and as `openIndex`.
 */
export async function planIndexCopy(indexPath: string): Promise<ExportableIndex> {
  const name = basename(resolve(indexPath)).replace(/\.fm$/, '')
  if (!isIndexName(name)) {
    throw new OmnigramError('bad-argument', `An index cannot be served as '${name}': rename ${indexPath}.`)
  }
  const isFolder = await stat(indexPath).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw new OmnigramError('unknown-index', `There is nothing at ${indexPath}.`, { cause: error })
    },
  )
  return isFolder ? planFolder(indexPath, name) : planFile(indexPath, name)
}

async function planFolder(indexPath: string, name: string): Promise<ExportableIndex> {
  const { generation, manifest } = await readManifest(indexPath)
  checkReadable(manifest, indexPath)
  const path = `indexes/${name}`
  const small = ['CURRENT', `generations/${generation}.json`]
  const files: IndexFile[] = []
  for (const part of small) files.push(await describeFile(join(indexPath, part), `${path}/${part}`, null))
  for (const entry of manifest.shards) {
    files.push(await describeFile(join(indexPath, 'shards', entry.name), `${path}/shards/${entry.name}`, entry))
  }
  return { name, path: `${path}/`, documents: manifest.statistics.documents, bytes: sumBytes(files), files }
}

async function planFile(indexPath: string, name: string): Promise<ExportableIndex> {
  const { manifest } = openFile(indexPath, 'mmap')
  checkReadable(manifest, indexPath)
  const path = `indexes/${name}.fm`
  const files = [await describeFile(indexPath, path, manifest.shards[0])]
  return { name, path, documents: manifest.statistics.documents, bytes: sumBytes(files), files }
}

function checkReadable(manifest: Manifest, indexPath: string): void {
  if (manifest.symbols !== 'bytes') {
    throw new OmnigramError('bad-argument', `${indexPath} is an index of tokens; pages read indexes of text.`)
  }
  if (manifest.shards.some(({ hidden }) => hidden)) {
    const detail = `${indexPath} hides documents that were taken down, and a page would show them: let \`omnigram merge\` drop them first.`
    throw new OmnigramError('bad-argument', detail)
  }
}

async function describeFile(from: string, to: string, entry: ShardEntry | null): Promise<IndexFile> {
  try {
    return { from, to, bytes: (await stat(from)).size, entry }
  } catch (error) {
    throw asIoFailure(error, from)
  }
}

function sumBytes(files: readonly IndexFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Copies the files into `siteDir`, sharing blocks where the disk can; `note` is told the bytes of each. Throws `io-failure`, `damaged-index`. */
export async function copyIndex(
  { files }: ExportableIndex,
  siteDir: string,
  signal: AbortSignal | undefined,
  note: (bytes: number) => void,
): Promise<void> {
  for (const { from, to, bytes, entry } of files) {
    signal?.throwIfAborted()
    const target = join(siteDir, to)
    try {
      await mkdir(join(target, '..'), { recursive: true })
      await copyFile(from, target, constants.COPYFILE_FICLONE)
    } catch (error) {
      throw asIoFailure(error, target)
    }
    if (entry) await checkShardFile(target, entry, signal)
    note(bytes)
  }
}
