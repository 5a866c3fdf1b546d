import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from '../../src/build/build-index.js'
import type { BuildOptions } from '../../src/build/build-options.js'
import { localFileSystem } from '../../src/build/file-system.js'
import {
  makeDocuments,
  makeFolder,
  makeRandom,
  readTree,
  testOptions,
  writeJsonl,
} from '../../src/build/testkit/small-corpus.js'
import { openIndex } from '../../src/query/open-index.js'

const runner = fileURLToPath(new URL('./run-build.mjs', import.meta.url))
const compiled = fileURLToPath(new URL('../../dist/build/build-index.js', import.meta.url))
const seed = 20_240_229
const random = makeRandom(seed)

interface Outcome {
  readonly signal: NodeJS.Signals | null
  readonly exitCode: number | null
  readonly output: string
  readonly tookMs: number
}

/** Runs a build in a process of its own, and kills it after a while. */
function spawnBuild(
  options: BuildOptions,
  { killAfterMs = Number.POSITIVE_INFINITY, killAt = 0 } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now()
    const child = spawn(process.execPath, [runner, JSON.stringify(options), String(killAt)])
    const timer =
      killAfterMs < Number.POSITIVE_INFINITY ? setTimeout(() => child.kill('SIGKILL'), killAfterMs) : undefined
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    }
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, output, tookMs: performance.now() - startedAtMs })
    })
  })
}

let folder: Awaited<ReturnType<typeof makeFolder>>
/** An index of a few documents; what is killed adds to copies of it. */
let oldDir: string
let oldCount: number

beforeAll(async () => {
  folder = await makeFolder()
  oldDir = join(folder.dir, 'old')
  await buildIndex(testOptions([await writeJsonl(join(folder.dir, 'old.jsonl'), makeDocuments(20_000, 2))], oldDir))
  oldCount = await countLive(oldDir)
})
afterAll(() => folder.remove())
beforeEach((ctx) => {
  if (!existsSync(compiled)) ctx.skip('the command line is not compiled: npm run build')
})

async function countLive(indexDir: string): Promise<number> {
  const reader = await openIndex(indexDir, { workers: 0 })
  try {
    const [{ count }] = await reader.count(['ana'])
    return count
  } finally {
    await reader.close()
  }
}

/** A corpus of a size, and what adding it to the old index makes when nobody disturbs it. */
async function prepareAppend(name: string, textBytes: number, shardBytes: number) {
  const input = await writeJsonl(join(folder.dir, `${name}.jsonl`), makeDocuments(textBytes))
  const base = join(folder.dir, `${name}-old`)
  await buildIndex(testOptions([join(folder.dir, 'old.jsonl')], base, { shardBytes }))
  const appendTo = async (indexDir: string): Promise<BuildOptions> => {
    await cp(base, indexDir, { recursive: true })
    return testOptions([input], indexDir, { shardBytes, mode: 'append' })
  }
  const options = await appendTo(join(folder.dir, `${name}-undisturbed`))
  const outcome = await spawnBuild(options)
  expect(outcome).toMatchObject({ exitCode: 0 })
  const tree = await readTree(options.indexDir)
  return { appendTo, tree, tookMs: outcome.tookMs, newCount: await countLive(options.indexDir) }
}

type Prepared = Awaited<ReturnType<typeof prepareAppend>>

/** After a kill: the old generation opens, or the whole new one; then going on makes the same bytes as if nothing had been. */
async function checkKilled({ tree, newCount }: Prepared, options: BuildOptions, place: string): Promise<void> {
  const current = await readFile(join(options.indexDir, 'CURRENT'), 'utf8')
  const isPublished = current === tree.get('CURRENT')
  expect(await countLive(options.indexDir), place).toBe(isPublished ? newCount : oldCount)
  const isBegun = existsSync(join(options.indexDir, 'build', 'state.json'))
  // Killed before it had begun, or after its end, there is nothing to go on with.
  if (isBegun || !isPublished) await buildIndex({ ...options, shouldResume: isBegun })
  expect(await readTree(options.indexDir), place).toEqual(tree)
  await localFileSystem.remove(options.indexDir)
}

describe('a killed build (F1)', () => {
  it('leaves the old generation and goes on to the same bytes, killed at 20 random times', async () => {
    const prepared = await prepareAppend('random', 3_000_000, 256 * 1024)
    let { tookMs } = prepared
    let killed = 0
    for (let round = 0; round < 20; round++) {
      const options = await prepared.appendTo(join(folder.dir, `random-${round}`))
      const killAfterMs = random() * tookMs
      const outcome = await spawnBuild(options, { killAfterMs })
      if (outcome.signal === 'SIGKILL') killed += 1
      // The machine has become faster than it was.
      else tookMs = Math.min(tookMs, outcome.tookMs)
      await checkKilled(prepared, options, `seed ${seed}, round ${round}, killed after ${killAfterMs} ms`)
    }
    expect(killed).toBeGreaterThan(10)
  })

  it('does so killed in place of every second of its operations', async () => {
    const prepared = await prepareAppend('each', 24_000, 16 * 1024)
    let killAt = 1 + Math.round(random())
    for (; killAt < 1_000; killAt += 2) {
      const options = await prepared.appendTo(join(folder.dir, `each-${killAt}`))
      const { signal, exitCode } = await spawnBuild(options, { killAt })
      if (exitCode === 0) break
      expect(signal).toBe('SIGKILL')
      await checkKilled(prepared, options, `killed at operation ${killAt}`)
    }
    expect(killAt).toBeGreaterThan(30)
  })

  it('makes a new index after all when there was none before', async () => {
    const input = await writeJsonl(join(folder.dir, 'fresh.jsonl'), makeDocuments(1_000_000))
    const undisturbed = testOptions([input], join(folder.dir, 'fresh'), { shardBytes: 128 * 1024 })
    const { tookMs } = await spawnBuild(undisturbed)
    const tree = await readTree(undisturbed.indexDir)
    for (let round = 0; round < 5; round++) {
      const options = { ...undisturbed, indexDir: join(folder.dir, `fresh-${round}`) }
      await spawnBuild(options, { killAfterMs: (0.3 + 0.7 * random()) * tookMs })
      await buildIndex({ ...options, shouldResume: true })
      expect(await readTree(options.indexDir), `seed ${seed}, round ${round}`).toEqual(tree)
    }
  })
})
