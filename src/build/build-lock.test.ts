import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireLock } from './build-lock.js'
import { makeFolder } from './testkit/small-corpus.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let buildDir: string
beforeEach(async () => {
  folder = await makeFolder()
  buildDir = join(folder.dir, 'index', 'build')
})
afterEach(() => folder.remove())

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('exit', resolve))
  return child.pid ?? 0
}

describe('the lock of an index (F6)', () => {
  it('is refused to a second builder, with the number of the first', async () => {
    const lock = await acquireLock(buildDir)
    const refused = { code: 'lock-held', detail: expect.stringContaining(`Process ${process.pid} `) }
    for (let attempt = 0; attempt < 10; attempt++) await expect(acquireLock(buildDir)).rejects.toMatchObject(refused)
    await lock.release()
    const next = await acquireLock(buildDir)
    await next.release()
    expect(existsSync(buildDir)).toBe(false)
  })

  it('leaves what else lies in the folder', async () => {
    const lock = await acquireLock(buildDir)
    await writeFile(join(buildDir, 'state.json'), '{}')
    await lock.release()
    expect(await readdir(buildDir)).toEqual(['state.json'])
  })

  it('is taken over from a process that is gone', async () => {
    await mkdir(buildDir, { recursive: true })
    await symlink(`pid-${await endedPid()}-123`, join(buildDir, 'lock-1'))
    const lock = await acquireLock(buildDir)
    await expect(acquireLock(buildDir)).rejects.toMatchObject({ code: 'lock-held' })
    await lock.release()
    expect(existsSync(buildDir)).toBe(false)
  })

  it('is taken over from a process whose number another one has now', async (ctx) => {
    if (!existsSync('/proc/self/stat')) ctx.skip('start times of processes are read from /proc')
    await mkdir(buildDir, { recursive: true })
    await symlink(`pid-${process.pid}-1`, join(buildDir, 'lock-1'))
    await (await acquireLock(buildDir)).release()
  })

  it('is had by one of many that want it at once', async () => {
    await mkdir(buildDir, { recursive: true })
    await symlink(`pid-${await endedPid()}-123`, join(buildDir, 'lock-1'))
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(buildDir)))
    const winners = attempts.filter((attempt) => attempt.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    await winners[0].value.release()
  })

  it('is not guessed at when it names no process', async () => {
    await mkdir(buildDir, { recursive: true })
    await symlink('nobody', join(buildDir, 'lock-1'))
    await expect(acquireLock(buildDir)).rejects.toMatchObject({ code: 'lock-held' })
  })

  it('says where it could not be made', async () => {
    await writeFile(join(folder.dir, 'file'), '')
    await expect(acquireLock(join(folder.dir, 'file', 'build'))).rejects.toMatchObject({ code: 'io-failure' })
  })
})
