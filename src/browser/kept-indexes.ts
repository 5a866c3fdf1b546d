/**
 * How are indexes kept in the browser so that each is there whole or not at all, whatever tab is closed when? A file is
 * written under a name of its own and then moved to where it is looked for; tabs write one after the other.
 */
import { OmnigramError } from '../core/errors.js'
import { keptEnding, openKeptFolder, removeKeptFolder } from './kept-folder.js'

/** An index that is kept: its name, and its shard as a file that is read when it is needed. */
export interface KeptIndex {
  readonly name: string
  readonly file: File
}

/** All that is kept is read when a page opens it, so it must fit into the memory of the module. */
export const maxKeptBytes = 1024 * 1024 * 1024

/** What is being written, or was when its tab was closed. */
const partEnding = '.part'
const pieceBytes = 8 * 1024 * 1024

/** Tabs that write, and those that take away. */
const lockName = 'omnigram-indexes'

/** What workers have, and the types of a page do not tell of. */
interface WritableHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<{
    write(bytes: Uint8Array, at: { at: number }): number
    truncate(bytes: number): void
    flush(): void
    close(): void
  }>
  move(name: string): Promise<void>
}

/**
 * Keeps a shard under `name`. It is read in pieces.
 *
 * Throws `no-disk` when there is no room for it, and `io-failure` when another tab keeps one of that name or the browser
 * keeps no files for this page; nothing of it is left then.
 */
export async function keepIndex(name: string, shard: Blob): Promise<void> {
  const folder = await openFolder()
  await navigator.locks.request(lockName, async () => {
    const kept = await readFolder(folder)
    if (kept.some((index) => index.name === name)) {
      throw new OmnigramError('io-failure', 'Another window keeps an index of that name.')
    }
    checkRoom(kept, shard)
    await removeParts(folder)
    const partName = name + partEnding
    try {
      await writeWhole((await folder.getFileHandle(partName, { create: true })) as WritableHandle, shard, name)
    } catch (thrown) {
      await folder.removeEntry(partName).catch(() => {})
      throw describeWriting(thrown, shard)
    }
  })
}

/** What is kept, by name. What a closed tab left half written is taken away, unless a tab is writing. */
export async function listKept(): Promise<KeptIndex[]> {
  const folder = await openKeptFolder(false).catch(() => null)
  if (folder === null) return []
  await navigator.locks.request(lockName, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await removeParts(folder)
  })
  return readFolder(folder)
}

/** Takes an index away; no more than that when another tab has done so. */
export async function removeKept(name: string): Promise<void> {
  await navigator.locks.request(lockName, async () => {
    const folder = await openKeptFolder(false)
    if (folder === null) return
    await folder.removeEntry(name + keptEnding).catch(ignoreAbsent)
    for await (const _ of folder.keys()) return
    await removeKeptFolder()
  })
}

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    // Also the locks are there only where the files are.
    const folder = await openKeptFolder(true)
    if (folder !== null && navigator.locks !== undefined) return folder
  } catch {}
  const detail =
    'This browser keeps no files for this page: it does over https and on this machine, and not in every private window.'
  throw new OmnigramError('io-failure', detail)
}

async function readFolder(folder: FileSystemDirectoryHandle): Promise<KeptIndex[]> {
  const kept: KeptIndex[] = []
  for await (const [fileName, handle] of folder.entries()) {
    if (handle.kind !== 'file' || !fileName.endsWith(keptEnding)) continue
    // One that another tab takes away meanwhile is not there.
    const file = await (handle as FileSystemFileHandle).getFile().catch(ignoreAbsent)
    if (file) kept.push({ name: fileName.slice(0, -keptEnding.length), file })
  }
  return kept.sort((one, other) => (one.name < other.name ? -1 : 1))
}

async function removeParts(folder: FileSystemDirectoryHandle): Promise<void> {
  const parts: string[] = []
  for await (const name of folder.keys()) if (name.endsWith(partEnding)) parts.push(name)
  for (const name of parts) await folder.removeEntry(name).catch(() => {})
}

async function writeWhole(part: WritableHandle, shard: Blob, name: string): Promise<void> {
  const access = await part.createSyncAccessHandle()
  try {
    access.truncate(0)
    for (let at = 0; at < shard.size; at += pieceBytes) {
      const piece = new Uint8Array(await shard.slice(at, at + pieceBytes).arrayBuffer())
      if (access.write(piece, { at }) !== piece.length) throw new DOMException('', 'QuotaExceededError')
    }
    access.flush()
  } finally {
    access.close()
  }
  await part.move(name + keptEnding)
}

function checkRoom(kept: readonly KeptIndex[], shard: Blob): void {
  const takenBytes = kept.reduce((sum, { file }) => sum + file.size, 0)
  if (takenBytes + shard.size <= maxKeptBytes) return
  const detail = `Kept indexes may take ${maxKeptBytes} bytes together, and take ${takenBytes}: remove some.`
  throw new OmnigramError('no-disk', detail)
}

function describeWriting(thrown: unknown, shard: Blob): OmnigramError {
  if (!(thrown instanceof DOMException) || thrown.name !== 'QuotaExceededError') {
    return new OmnigramError('io-failure', `The browser could not write it: ${String(thrown)}`, { cause: thrown })
  }
  const detail = `The browser has no room for its ${shard.size} bytes.`
  return new OmnigramError('no-disk', detail, { cause: thrown })
}

function ignoreAbsent(error: unknown): undefined {
  if (error instanceof DOMException && error.name === 'NotFoundError') return undefined
  throw error
}
