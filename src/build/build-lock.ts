/** Is another process writing this index? */
import { mkdir, readdir, readFile, readlink, rmdir, symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { OmnigramError } from '../core/errors.js'
import { asIoFailure, isMissing } from '../query/read-manifest.js'

/** Rounds of a race with others that come and go; each round is lost to somebody who got on. */
const maxRounds = 100

const lockName = /^lock-(\d+)$/
const ownerTarget = /^pid-(\d+)-(\d+|unknown)$/

/** A process, told from a later one with the same number by its start in clock ticks since boot, where that is known. */
interface LockOwner {
  readonly pid: number
  readonly startTicks: string
}

/** The right to write an index, held by this process. */
export interface BuildLock {
  release(): Promise<void>
}

/**
 * Takes the lock of an index, in its `build` folder, which is made. A lock whose process is gone is taken over.
 *
 * A lock is a symbolic link to the name of its owner: made in one step, only where there is none. Locks are numbered and
 * the highest counts, so that nobody takes away a lock that another has just taken over.
 *
 * Throws `lock-held` with the process' number; `io-failure`.
 */
export async function acquireLock(buildDir: string): Promise<BuildLock> {
  const owner = await describeSelf()
  const target = `pid-${owner.pid}-${owner.startTicks}`
  try {
    for (let round = 0; round < maxRounds; round++) {
      await makeBuildFolder(buildDir)
      const highest = await findHighest(buildDir)
      if (highest > 0) await refuseLive(join(buildDir, `lock-${highest}`))
      if (!(await makeLink(target, join(buildDir, `lock-${highest + 1}`)))) continue
      if ((await findHighest(buildDir)) > highest + 1) {
        await removeLink(join(buildDir, `lock-${highest + 1}`))
        continue
      }
      return { release: () => releaseLock(buildDir, highest + 1) }
    }
  } catch (thrown) {
    throw asIoFailure(thrown, buildDir)
  }
  throw new OmnigramError('lock-held', `${buildDir}: other builds kept taking the lock.`)
}

/** Whether a file in the `build` folder is a lock. */
export function isLockName(name: string): boolean {
  return lockName.test(name)
}

/** Made by itself where its parent is there, as Node says ENOENT for whatever hinders it from making several. */
async function makeBuildFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (thrown) {
    if (isMissing(thrown)) await mkdir(path, { recursive: true })
    else if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  }
}

async function findHighest(buildDir: string): Promise<number> {
  // Whoever let go of the lock may just have removed the folder.
  const names = await readdir(buildDir).catch((thrown: unknown) => {
    if (isMissing(thrown)) return []
    throw thrown
  })
  const numbers = names.map((name) => Number(lockName.exec(name)?.[1] ?? 0))
  return Math.max(0, ...numbers)
}

async function refuseLive(path: string): Promise<void> {
  const target = await readlink(path).catch((thrown: unknown) => {
    if (isMissing(thrown)) return null
    throw thrown
  })
  if (target === null) return
  const match = ownerTarget.exec(target)
  if (!match) throw new OmnigramError('lock-held', `${path} names no process. Remove it if nothing builds here.`)
  const owner = { pid: Number(match[1]), startTicks: match[2] }
  if (await isAlive(owner)) {
    throw new OmnigramError('lock-held', `Process ${owner.pid} is building here; its lock is ${path}.`)
  }
}

/** False when somebody else was faster, or has just removed the folder. */
async function makeLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path)
    return true
  } catch (thrown) {
    if (isMissing(thrown) || (thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  }
}

async function removeLink(path: string): Promise<void> {
  await unlink(path).catch((thrown: unknown) => {
    if (!isMissing(thrown)) throw thrown
  })
}

/** Removes the locks that were taken over, then the lock itself, and the folder when it is empty. */
async function releaseLock(buildDir: string, number: number): Promise<void> {
  try {
    for (let lower = 1; lower <= number; lower++) await removeLink(join(buildDir, `lock-${lower}`))
    await rmdir(buildDir).catch((thrown: unknown) => {
      const isLeft = ['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((thrown as NodeJS.ErrnoException).code ?? '')
      if (!isLeft) throw thrown
    })
  } catch (thrown) {
    throw asIoFailure(thrown, buildDir)
  }
}

async function describeSelf(): Promise<LockOwner> {
  return { pid: process.pid, startTicks: (await readProcess(process.pid))?.startTicks ?? 'unknown' }
}

async function isAlive({ pid, startTicks }: LockOwner): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (thrown) {
    // EPERM: it is there, but another user's.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const found = await readProcess(pid)
  if (found === null) return true
  // A zombie has ended and only waits for its parent to notice.
  if (found.state === 'Z' || found.state === 'X') return false
  return startTicks === 'unknown' || found.startTicks === startTicks
}

/** Fields 3 and 22 of `/proc/PID/stat`; `null` where there is no such thing. */
async function readProcess(pid: number): Promise<{ state: string; startTicks: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field is the program's name in brackets, and may hold blanks and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined ? null : { state: fields[0], startTicks: fields[19] }
}
