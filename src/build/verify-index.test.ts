import { appendFile, cp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from './build-index.js'
import { inspectIndex } from './inspect-index.js'
import { makeDocuments, makeFolder, testOptions, writeJsonl } from './testkit/small-corpus.js'
import { verifyIndex } from './verify-index.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let intactDir: string
let copies = 0
beforeAll(async () => {
  folder = await makeFolder()
  intactDir = join(folder.dir, 'intact')
  await buildIndex(testOptions([await writeJsonl(join(folder.dir, 'corpus.jsonl'), makeDocuments(40_000))], intactDir))
})
afterAll(() => folder.remove())

async function copyIndex(): Promise<string> {
  const indexDir = join(folder.dir, `copy-${++copies}`)
  await cp(intactDir, indexDir, { recursive: true })
  return indexDir
}

async function shardPath(indexDir: string, at: number): Promise<string> {
  return join(indexDir, 'shards', (await readdir(join(indexDir, 'shards')))[at])
}

async function flipByte(path: string, offset: number): Promise<void> {
  const handle = await open(path, 'r+')
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, offset)
  await handle.write(Buffer.from([buffer[0] ^ 0x10]), 0, 1, offset)
  await handle.close()
}

describe('verifyIndex', () => {
  it('finds an index intact that is', async () => {
    const { indexBytes, shards } = await inspectIndex(intactDir)
    expect(await verifyIndex(intactDir)).toEqual({ generation: '000001', shards, bytes: indexBytes, isDeep: false })
    expect(await verifyIndex(intactDir, { deep: true })).toMatchObject({ isDeep: true })
  })

  const damages: [string, (indexDir: string) => Promise<string>][] = [
    ['a shard that is missing', async (dir) => removed(await shardPath(dir, 1))],
    ['a shard that was cut short', async (dir) => truncated(await shardPath(dir, 1), 1_000)],
    ['a shard without its last byte', async (dir) => truncated(await shardPath(dir, 1), -1)],
    ['a shard with a byte too many', async (dir) => written(await shardPath(dir, 1), (path) => appendFile(path, 'x'))],
    ['an empty shard file', async (dir) => truncated(await shardPath(dir, 0), 0)],
    ['a shard with the bytes of another', (dir) => swapShards(dir)],
    ['a manifest that is missing', async (dir) => removed(join(dir, 'generations', '000001.json'))],
    ['a manifest that was cut short', async (dir) => truncated(join(dir, 'generations', '000001.json'), 100)],
    ['a manifest with another byte', (dir) => flipped(join(dir, 'generations', '000001.json'), 40)],
    ['garbage in CURRENT', (dir) => written(join(dir, 'CURRENT'), (path) => writeFile(path, '\0\0\0garbage'))],
    ['an empty CURRENT', (dir) => written(join(dir, 'CURRENT'), (path) => writeFile(path, ''))],
    ['a CURRENT that leads out', (dir) => written(join(dir, 'CURRENT'), (path) => writeFile(path, '../../etc 00\n'))],
  ]

  it.each(damages)('names the path of %s', async (_, damage) => {
    const indexDir = await copyIndex()
    const path = await damage(indexDir)
    const refusal = { code: 'damaged-index', detail: expect.stringContaining(path) }
    await expect(verifyIndex(indexDir)).rejects.toMatchObject(refusal)
    await expect(inspectIndex(indexDir)).rejects.toMatchObject(refusal)
  })

  it('finds a changed byte wherever it is', async () => {
    const indexDir = await copyIndex()
    const path = await shardPath(indexDir, 0)
    const { length } = await readFile(path)
    for (let offset = 0; offset < length; offset += Math.ceil(length / 60)) {
      await flipByte(path, offset)
      await expect(verifyIndex(indexDir), `offset ${offset}`).rejects.toMatchObject({
        code: expect.stringMatching(/^(damaged-index|newer-format)$/),
      })
      await flipByte(path, offset)
    }
    await expect(verifyIndex(indexDir, { deep: true })).resolves.toBeDefined()
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const verifying = verifyIndex(intactDir, {
      signal: controller.signal,
      onProgress: ({ shardsDone }) => shardsDone === 1 && controller.abort(),
    })
    await expect(verifying).rejects.toMatchObject({ code: 'cancelled' })
  })
})

async function written(path: string, write: (path: string) => Promise<void>): Promise<string> {
  await write(path)
  return path
}

function removed(path: string): Promise<string> {
  return written(path, () => rm(path))
}

async function truncated(path: string, lengthBytes: number): Promise<string> {
  const { length } = await readFile(path)
  return written(path, () => truncate(path, lengthBytes < 0 ? length + lengthBytes : lengthBytes))
}

function flipped(path: string, offset: number): Promise<string> {
  return written(path, () => flipByte(path, offset))
}

async function swapShards(indexDir: string): Promise<string> {
  const path = await shardPath(indexDir, 0)
  return written(path, async () => cp(await shardPath(indexDir, 1), path))
}
