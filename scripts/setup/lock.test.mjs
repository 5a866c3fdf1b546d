import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withLock } from './lock.mjs'

let folder
let path

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  path = join(folder, 'setup', 'lock')
})

afterEach(() => rmSync(folder, { recursive: true }))

it('two set-ups run one after the other', async () => {
  const log = []
  const work = (name) => async () => {
    log.push(`${name} begins`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    log.push(`${name} ends`)
  }
  await Promise.all([withLock(path, work('first')), withLock(path, work('second'))])
  expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})

it('the lock is given back when the work fails', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(path)).toBe(false)
})

it('the lock of a process that died is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  await withLock(path, async () => {})
  writeFileSync(path, String(pid))
  expect(await withLock(path, async () => 'done')).toBe('done')
})
