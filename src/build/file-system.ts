/** Which operations on files does a build rest on? One seam, so that a test can make any of them fail. */
import { mkdir, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'
import { formatBytes } from '../core/units.js'
import { asIoFailure, isMissing } from '../query/read-manifest.js'

/** All operations throw `io-failure` or `no-disk` naming the path. */
export interface FileSystem {
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>
  /** The text of a file, or `null` when there is none. */
  readText(path: string): Promise<string | null>
  /** Names in a folder, sorted; none when there is no such folder. */
  listFolder(path: string): Promise<string[]>
  /** Writes a file and waits until its bytes are on the disk. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>
  /** Replaces what is at `to` in one step. */
  rename(from: string, to: string): Promise<void>
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>
  /** Removes a file or a folder with all in it; nothing happens where there is none. */
  remove(path: string): Promise<void>
  /** Bytes that may still be written to the disk under an existing path. */
  freeBytes(path: string): Promise<number>
}

export const localFileSystem: FileSystem = {
  makeFolder: (path) => guard(path, () => mkdir(path, { recursive: true })).then(() => undefined),
  readText: (path) => guard(path, () => unlessMissing(() => readFile(path, 'utf8'), null)),
  listFolder: (path) => guard(path, () => unlessMissing(async () => (await readdir(path)).sort(), [])),
  writeFile: (path, content) => guard(path, () => writeSynced(path, content)),
  rename: (from, to) => guard(to, () => rename(from, to)),
  syncFolder: (path) => guard(path, () => syncNames(path)),
  remove: (path) => guard(path, () => rm(path, { recursive: true, force: true })),
  async freeBytes(path) {
    const { bavail, bsize } = await guard(path, () => statfs(path))
    return bavail * bsize
  },
}

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncNames(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function unlessMissing<Value>(read: () => Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await read()
  } catch (thrown) {
    if (isMissing(thrown)) return otherwise
    throw thrown
  }
}

async function guard<Value>(path: string, operate: () => Promise<Value>): Promise<Value> {
  try {
    return await operate()
  } catch (thrown) {
    throw isDiskFull(thrown) ? diskFull(path, thrown) : asIoFailure(thrown, path)
  }
}

/** Whether the disk or the user's quota is full: by Node's code, or by the number in a message of the native core. */
export function isDiskFull(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const { code } = thrown as NodeJS.ErrnoException
  if (code === 'io-failure') return /\(os error (28|122)\)/.test(thrown.message)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

export function diskFull(path: string, cause: unknown): OmnigramError {
  return new OmnigramError('no-disk', `${path}: the disk is full.`, { cause })
}

/** Throws `no-disk` that says how much is missing. */
export async function checkFreeBytes(files: FileSystem, path: string, neededBytes: number): Promise<void> {
  const freeBytes = await files.freeBytes(path)
  if (freeBytes >= neededBytes) return
  const detail = `${path} has ${freeBytes} bytes left (${formatBytes(freeBytes)}); the build needs about ${neededBytes}`
  throw new OmnigramError('no-disk', `${detail} (${formatBytes(neededBytes)}).`)
}
