import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BuildReport } from '../../src/build/build-options.js'
import { makeDocuments, makeFolder, testOptions, writeJsonl } from '../../src/build/testkit/small-corpus.js'

const runner = fileURLToPath(new URL('./run-build.mjs', import.meta.url))
const compiled = fileURLToPath(new URL('../../dist/build/build-index.js', import.meta.url))
const mib = 2 ** 20

let folder: Awaited<ReturnType<typeof makeFolder>>
let input: string
beforeAll(async () => {
  folder = await makeFolder()
  input = await writeJsonl(join(folder.dir, 'corpus.jsonl'), makeDocuments(16 * mib))
})
afterAll(() => folder.remove())
beforeEach((ctx) => {
  if (!existsSync(compiled)) ctx.skip('the command line is not compiled: npm run build')
})

/** Peak resident memory of a build of its own, or null when it was refused. */
async function measureBuild(memoryBytes: number, shardBytes: number): Promise<number | null> {
  const options = testOptions([input], join(folder.dir, `index-${memoryBytes}-${shardBytes}`), {
    memoryBytes,
    shardBytes,
  })
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [runner, JSON.stringify(options)])
    return (JSON.parse(stdout) as BuildReport).peakMemoryBytes
  } catch (error) {
    expect((error as { stderr?: string }).stderr).toContain('no-memory')
    return null
  }
}

describe('the memory of a build (F5)', () => {
  it.each([
    [224 * mib, 4 * mib],
    [256 * mib, 4 * mib],
    [288 * mib, 8 * mib],
    [320 * mib, 16 * mib],
  ])('stays within %d bytes and a tenth with shards of %d', async (memoryBytes, shardBytes) => {
    const peakBytes = await measureBuild(memoryBytes, shardBytes)
    expect(peakBytes).not.toBeNull()
    expect(peakBytes).toBeLessThanOrEqual(1.1 * memoryBytes)
  })

  it.each([
    [192 * mib, 4 * mib],
    [256 * mib, 16 * mib],
  ])('is refused within %d bytes with shards of %d', async (memoryBytes, shardBytes) => {
    expect(await measureBuild(memoryBytes, shardBytes)).toBeNull()
  })
})
