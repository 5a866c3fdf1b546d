import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashFiles, readStamp, snapshotFiles, writeStamp } from './snapshot.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapshot-'))
  writeFileSync(join(folder, 'a.ts'), 'a')
  writeFileSync(join(folder, 'b.ts'), 'b')
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('snapshotFiles', () => {
  it('is the same while nothing changes', () => {
    expect(snapshotFiles([folder])).toEqual(snapshotFiles([folder]))
  })

  it('shows a file that changed, appeared or went', () => {
    const signatures = new Set([snapshotFiles([folder]).signature])
    writeFileSync(join(folder, 'a.ts'), 'aa')
    signatures.add(snapshotFiles([folder]).signature)
    writeFileSync(join(folder, 'c.ts'), 'c')
    signatures.add(snapshotFiles([folder]).signature)
    rmSync(join(folder, 'b.ts'))
    signatures.add(snapshotFiles([folder]).signature)
    expect(signatures.size).toBe(4)
  })

  it('takes a root that is missing for empty, and only the files asked for', () => {
    expect(snapshotFiles([join(folder, 'missing')]).files).toEqual([])
    expect(snapshotFiles([folder], (path) => path.endsWith('b.ts')).files).toEqual([join(folder, 'b.ts')])
  })
})

describe('hashFiles', () => {
  it('depends on contents, not on times', async () => {
    const { files, signature } = snapshotFiles([folder])
    const hash = await hashFiles(files, '')
    utimesSync(join(folder, 'a.ts'), new Date(), new Date(Date.now() + 5_000))
    expect(snapshotFiles([folder]).signature).not.toBe(signature)
    expect(await hashFiles(files, '')).toBe(hash)
    writeFileSync(join(folder, 'a.ts'), 'x')
    expect(await hashFiles(files, '')).not.toBe(hash)
  })

  it('depends on the salt', async () => {
    expect(await hashFiles([], 'linux x64')).not.toBe(await hashFiles([], 'darwin arm64'))
  })
})

describe('a stamp', () => {
  it('comes back, and one that is missing or damaged is empty', () => {
    const path = join(folder, 'stamps', 'native.json')
    expect(readStamp(path)).toEqual({ signature: '', hash: '' })
    writeStamp(path, { signature: '1 2 3', hash: 'ff' })
    expect(readStamp(path)).toEqual({ signature: '1 2 3', hash: 'ff' })
    writeFileSync(path, '{"sig')
    expect(readStamp(path)).toEqual({ signature: '', hash: '' })
  })
})
