/** How does a folder, maybe on a network file system, keep objects as a bucket would? */
import { randomUUID } from 'node:crypto'
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { acquireLock, type BuildLock } from '../../build/build-lock.js'
import { localFileSystem } from '../../build/file-system.js'
import { OmnigramError } from '../../core/errors.js'
import { asIoFailure, isMissing } from '../../query/read-manifest.js'
import type {
  ListedObject,
  ObjectHead,
  ObjectStore,
  PutCondition,
  StoredObject,
  TransferOptions,
} from './object-store.js'

/** How often a lock that another holds is asked for again, and how long. */
const lockPollMs = 20
const lockPolls = 500

/** Files that are on their way into the store, and locks. */
const passingName = /\.(tmp-[0-9a-f-]{36}|lock)$/

/** An etag is inode, size and time of the last change: a file is never changed, only replaced. */
export class FolderStore implements ObjectStore {
  constructor(readonly address: string) {}

  head(key: string): Promise<ObjectHead | null> {
    return this.#orNull(key, () => this.#stat(key))
  }

  get(key: string): Promise<StoredObject | null> {
    return this.#orNull(key, async () => {
      const file = await open(this.#path(key))
      try {
        const etag = describeEtag(await file.stat({ bigint: true }))
        return { content: await file.readFile(), etag }
      } finally {
        await file.close()
      }
    })
  }

  async put(key: string, content: Uint8Array, condition?: PutCondition): Promise<string | null> {
    return this.#guard(key, async () => {
      const path = this.#path(key)
      const passing = `${path}.tmp-${randomUUID()}`
      await mkdir(dirname(path), { recursive: true })
      try {
        await localFileSystem.writeFile(passing, content)
        if (!(await this.#place(key, passing, condition))) return null
        await localFileSystem.syncFolder(dirname(path))
        return (await this.#stat(key)).etag
      } finally {
        await rm(passing, { force: true })
      }
    })
  }

  async uploadFile(key: string, path: string, { signal, onBytes }: TransferOptions = {}): Promise<void> {
    throwIfAborted(signal)
    await this.#guard(key, async () => {
      const target = this.#path(key)
      const passing = `${target}.tmp-${randomUUID()}`
      await mkdir(dirname(target), { recursive: true })
      try {
        await copyDurably(path, passing)
        await rename(passing, target)
        await localFileSystem.syncFolder(dirname(target))
      } finally {
        await rm(passing, { force: true })
      }
    })
    onBytes?.((await stat(path)).size)
  }

  async downloadFile(key: string, path: string, { signal, onBytes }: TransferOptions = {}): Promise<void> {
    throwIfAborted(signal)
    const source = this.#path(key)
    await copyDurably(source, path).catch((thrown) => {
      if (isMissing(thrown)) throw new OmnigramError('damaged-index', `${source} is missing.`, { cause: thrown })
      throw asIoFailure(thrown, path)
    })
    onBytes?.((await stat(path)).size)
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const found: ListedObject[] = []
    for (const key of await this.#listKeys('')) {
      if (!key.startsWith(prefix)) continue
      const stats = await stat(this.#path(key)).catch(() => null)
      if (stats) found.push({ key, bytes: stats.size, modifiedAtMs: stats.mtimeMs })
    }
    yield* found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  }

  async remove(key: string): Promise<void> {
    await this.#guard(key, () => rm(this.#path(key), { force: true }))
  }

  /** Whether the condition held. A link is made only where there is no file; a replacement needs a lock. */
  async #place(key: string, passing: string, condition: PutCondition | undefined): Promise<boolean> {
    const path = this.#path(key)
    if (condition === undefined) {
      await rename(passing, path)
      return true
    }
    if ('ifAbsent' in condition) {
      return link(passing, path).then(
        () => true,
        (thrown: NodeJS.ErrnoException) => {
          if (thrown.code === 'EEXIST') return false
          throw thrown
        },
      )
    }
    const lock = await waitForLock(`${path}.lock`)
    try {
      const head = await this.head(key)
      if (head?.etag !== condition.ifMatch) return false
      await rename(passing, path)
      return true
    } finally {
      await lock.release()
    }
  }

  async #listKeys(folder: string): Promise<string[]> {
    const entries = await readdir(this.#path(folder), { withFileTypes: true }).catch((thrown) => {
      if (isMissing(thrown)) return []
      throw this.#describe(folder, thrown)
    })
    const keys: string[] = []
    for (const entry of entries) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (passingName.test(entry.name)) continue
      if (entry.isDirectory()) keys.push(...(await this.#listKeys(key)))
      else keys.push(key)
    }
    return keys
  }

  async #stat(key: string): Promise<ObjectHead> {
    const stats = await stat(this.#path(key), { bigint: true })
    return { bytes: Number(stats.size), etag: describeEtag(stats) }
  }

  #path(key: string): string {
    return join(this.address, key)
  }

  #orNull<Value>(key: string, read: () => Promise<Value>): Promise<Value | null> {
    return this.#guard(key, () =>
      read().catch((thrown: unknown) => {
        if (isMissing(thrown)) return null
        throw thrown
      }),
    )
  }

  async #guard<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (thrown) {
      throw this.#describe(key, thrown)
    }
  }

  #describe(key: string, thrown: unknown): unknown {
    return asIoFailure(thrown, this.#path(key))
  }
}

function describeEtag({ ino, size, mtimeNs }: { ino: bigint; size: bigint; mtimeNs: bigint }): string {
  return `"${ino}-${size}-${mtimeNs}"`
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const file = await open(to, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Locks are held for milliseconds; that of a process that died is taken over. */
async function waitForLock(path: string): Promise<BuildLock> {
  for (let poll = 0; ; poll++) {
    try {
      return await acquireLock(path)
    } catch (thrown) {
      if (!(thrown instanceof OmnigramError) || thrown.code !== 'lock-held' || poll >= lockPolls) throw thrown
      await sleep(lockPollMs)
    }
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OmnigramError('cancelled', 'The transfer was stopped.')
}
