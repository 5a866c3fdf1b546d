import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from '../../src/build/build-index.js'
import { localFileSystem } from '../../src/build/file-system.js'
import { mergeIndex } from '../../src/build/merging/merge-index.js'
import type { MergeOptions } from '../../src/build/merging/merge-options.js'
import {
  makeDocuments,
  makeFolder,
  makeRandom,
  readTree,
  testOptions,
  writeJsonl,
} from '../../src/build/testkit/small-corpus.js'
import { verifyIndex } from '../../src/build/verify-index.js'

const runner = fileURLToPath(new URL('./run-merge.mjs', import.meta.url))
const compiled = fileURLToPath(new URL('../../dist/build/merging/merge-index.js', import.meta.url))
const seed = 20_240_301
const random = makeRandom(seed)

let folder: Awaited<ReturnType<typeof makeFolder>>
let oldDir: string
let merged: Map<string, string>
let tookMs: number

/** Runs a merge in a process of its own, and kills it after a while or in place of an operation. */
function spawnMerge(
  indexDir: string,
  { killAfterMs = 0, killAt = 0 },
): Promise<{ signal: NodeJS.Signals | null; tookMs: number }> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now()
    const child = spawn(process.execPath, [runner, JSON.stringify(optionsOf(indexDir)), String(killAt)], {
      stdio: 'ignore',
    })
    const timer = killAfterMs > 0 ? setTimeout(() => child.kill('SIGKILL'), killAfterMs) : undefined
    child.once('error', reject)
    child.once('close', (_, signal) => {
      clearTimeout(timer)
      resolve({ signal, tookMs: performance.now() - startedAtMs })
    })
  })
}

function optionsOf(indexDir: string): MergeOptions {
  return { indexDir, into: 2, memoryBytes: 2 ** 30, threads: 2 }
}

async function copyOld(name: string): Promise<string> {
  const indexDir = join(folder.dir, name)
  await cp(oldDir, indexDir, { recursive: true })
  return indexDir
}

/** The old generation is live and whole, or the new one; then merging once more makes the same bytes as if nothing had been. */
async function checkKilled(indexDir: string, place: string): Promise<void> {
  await expect(verifyIndex(indexDir), place).resolves.toBeDefined()
  const current = await readFile(join(indexDir, 'CURRENT'), 'utf8')
  if (current !== merged.get('CURRENT')) {
    expect(current, place).toBe(await readFile(join(oldDir, 'CURRENT'), 'utf8'))
    await mergeIndex(optionsOf(indexDir))
  }
  // Killed after publishing: what it could not tidy up.
  await localFileSystem.remove(join(indexDir, 'build'))
  expect(await readTree(indexDir), place).toEqual(merged)
  await localFileSystem.remove(indexDir)
}

beforeAll(async () => {
  folder = await makeFolder()
  oldDir = join(folder.dir, 'old')
  const input = await writeJsonl(join(folder.dir, 'old.jsonl'), makeDocuments(3_000_000))
  await buildIndex(testOptions([input], oldDir, { shardBytes: 300_000 }))
  const undisturbed = await copyOld('undisturbed')
  if (!existsSync(compiled)) return
  tookMs = (await spawnMerge(undisturbed, {})).tookMs
  merged = await readTree(undisturbed)
})
afterAll(() => folder.remove())
beforeEach((ctx) => {
  if (!existsSync(compiled)) ctx.skip('the command line is not compiled: npm run build')
})

describe('a killed merge (F1)', () => {
  it('changes nothing, killed at 20 random times', async () => {
    let killed = 0
    for (let round = 0; round < 20; round++) {
      const indexDir = await copyOld(`random-${round}`)
      const killAfterMs = 1 + random() * tookMs
      const outcome = await spawnMerge(indexDir, { killAfterMs })
      if (outcome.signal === 'SIGKILL') killed += 1
      // The machine has become faster than it was.
      else tookMs = Math.min(tookMs, outcome.tookMs)
      await checkKilled(indexDir, `seed ${seed}, round ${round}, killed after ${killAfterMs} ms`)
    }
    expect(killed).toBeGreaterThan(8)
  })

  it('changes nothing, killed in place of each of its operations', async () => {
    let killAt = 1
    for (; killAt < 1_000; killAt++) {
      const indexDir = await copyOld(`each-${killAt}`)
      if ((await spawnMerge(indexDir, { killAt })).signal === null) break
      await checkKilled(indexDir, `killed at operation ${killAt}`)
    }
    expect(killAt).toBeGreaterThan(15)
  })
})
