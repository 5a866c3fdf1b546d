import { existsSync } from 'node:fs'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OmnigramError } from '../core/errors.js'
import { buildIndex } from './build-index.js'
import type { BuildReport } from './build-options.js'
import { type BuildSeams, localSeams } from './build-seams.js'
import { countOperations } from './testkit/counting-seams.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from './testkit/small-corpus.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let input: string
let indexDir: string
/** The index as a build makes it that nothing disturbs. */
let undisturbed: Map<string, string>
let undisturbedReport: BuildReport
const documents = makeDocuments(60_000)

beforeEach(async () => {
  folder = await makeFolder()
  input = await writeJsonl(join(folder.dir, 'corpus.jsonl'), [...documents, { text: 5 }])
  indexDir = join(folder.dir, 'index')
  undisturbedReport = await buildIndex(testOptions([input], join(folder.dir, 'undisturbed')))
  undisturbed = await readTree(join(folder.dir, 'undisturbed'))
})
afterEach(() => folder.remove())

/** Seams that fail in place of the `number`th operation whose name begins so. */
function failAt(name: string, number: number): BuildSeams {
  let seen = 0
  return countOperations((_, operation) => {
    if (operation.startsWith(name) && ++seen === number) throw new OmnigramError('io-failure', `${operation}: EIO.`)
  })
}

async function stopAt(name: string, number: number): Promise<void> {
  await expect(buildIndex(testOptions([input], indexDir), failAt(name, number))).rejects.toMatchObject({
    code: 'io-failure',
  })
}

const resume = (given = {}) => buildIndex(testOptions([input], indexDir, { shouldResume: true, ...given }))

describe('going on with a stopped build', () => {
  it('keeps what was built and makes the same bytes and the same report', async () => {
    await stopAt('buildShard', 3)
    expect((await readdir(join(indexDir, 'build'))).sort()).toEqual([
      'shard-000000.fm',
      'shard-000000.json',
      'shard-000001.fm',
      'shard-000001.json',
      'state.json',
    ])
    let built = 0
    const seams = countOperations((_, name) => {
      if (name === 'buildShard') built += 1
    })
    const report = await buildIndex(testOptions([input], indexDir, { shouldResume: true }), seams)
    expect(built).toBe(undisturbedReport.shards - 2)
    expect(await readTree(indexDir)).toEqual(undisturbed)
    const { tookMs, bytesPerSecond, peakMemoryBytes, ...facts } = undisturbedReport
    expect(report).toMatchObject({ ...facts, indexDir, wasResumed: true })
  })

  it('may have other memory and threads', async () => {
    await stopAt('buildShard', 3)
    await resume({ memoryBytes: 2 ** 33, threads: 1 })
    expect(await readTree(indexDir)).toEqual(undisturbed)
  })

  it('is refused with other options, naming the first that differs', async () => {
    await stopAt('buildShard', 3)
    await expect(resume({ isaRate: 128 })).rejects.toMatchObject({
      code: 'changed-input',
      detail: 'options.isaRate was 64 and is 128.',
    })
    await expect(resume({ isStrict: true })).rejects.toMatchObject({ code: 'changed-input' })
  })

  it('is refused with another list of files, or a file of another size', async () => {
    await stopAt('buildShard', 3)
    await appendFile(input, '{"text":"more"}\n')
    await expect(resume()).rejects.toMatchObject({
      code: 'changed-input',
      detail: expect.stringMatching(/^files\.0\.sizeBytes was/),
    })
  })

  it('is refused when the documents differ in a byte', async () => {
    await stopAt('buildShard', 3)
    const at = documents.findIndex(({ text }) => text.includes('the'))
    await writeJsonl(input, [
      ...documents.map((document, i) =>
        i === at ? { ...document, text: document.text.replace('the', 'hte') } : document,
      ),
      { text: 5 },
    ])
    await expect(resume()).rejects.toMatchObject({
      code: 'changed-input',
      detail: 'Shard 0 was built of other documents: the digest of its documents differs.',
    })
    expect(existsSync(join(indexDir, 'CURRENT'))).toBe(false)
  })

  it('builds a shard again whose file is gone or damaged', async () => {
    await stopAt('buildShard', 3)
    await writeFile(join(indexDir, 'build', 'shard-000000.fm'), 'no shard')
    await resume()
    expect(await readTree(indexDir)).toEqual(undisturbed)
  })

  it('is refused when its state is damaged; a new build is not', async () => {
    await stopAt('buildShard', 3)
    await writeFile(join(indexDir, 'build', 'state.json'), '{')
    await expect(resume()).rejects.toMatchObject({ code: 'changed-input' })
    await buildIndex(testOptions([input], indexDir))
    expect(await readTree(indexDir)).toEqual(undisturbed)
  })

  it('finds nothing to do after the generation was published', async () => {
    await stopAt(`remove ${indexDir}/build/state.json`, 2)
    expect(existsSync(join(indexDir, 'CURRENT'))).toBe(true)
    expect(await resume()).toMatchObject({ documents: documents.length, wasResumed: true })
    expect(await readTree(indexDir)).toEqual(undisturbed)
    expect(await resume()).toMatchObject({ documents: documents.length, wasResumed: true })
    await expect(resume({ isaRate: 128 })).rejects.toMatchObject({ code: 'changed-input' })
    await writeJsonl(input, documents.slice(1))
    await expect(resume()).rejects.toMatchObject({ code: 'changed-input' })
    expect(await readTree(indexDir)).toEqual(undisturbed)
  })

  it('begins anew where there is nothing', async () => {
    expect(await resume()).toMatchObject({ wasResumed: false })
    expect(await readTree(indexDir)).toEqual(undisturbed)
  })

  it('never appends twice', async () => {
    await buildIndex(testOptions([input], indexDir))
    const append = testOptions([input], indexDir, { mode: 'append', shouldResume: true })
    await expect(buildIndex(append)).rejects.toMatchObject({ code: 'bad-argument' })
    const seams = failAt(`remove ${indexDir}/build/state.json`, 2)
    await expect(buildIndex({ ...append, shouldResume: false }, seams)).rejects.toMatchObject({ code: 'io-failure' })
    expect(await buildIndex(append)).toMatchObject({ generation: '000002', wasResumed: true })
    await expect(buildIndex(append)).rejects.toMatchObject({ code: 'bad-argument' })
  })
})

describe('a build that is told to stop', () => {
  it('ends with the way to go on, and goes on to the same bytes', async () => {
    const controller = new AbortController()
    const seams = countOperations((_, name) => {
      if (name.includes('shard-000001.json')) controller.abort()
    })
    const options = testOptions([input], indexDir, { signal: controller.signal, threads: 1 })
    await expect(buildIndex(options, seams)).rejects.toMatchObject({
      code: 'cancelled',
      detail: expect.stringContaining('--resume'),
    })
    expect(existsSync(join(indexDir, 'CURRENT'))).toBe(false)
    await resume()
    expect(await readTree(indexDir)).toEqual(undisturbed)
  })

  it('leaves nothing when nothing was built', async () => {
    const options = testOptions([input], indexDir, { signal: AbortSignal.abort() })
    await expect(buildIndex(options)).rejects.toMatchObject({ code: 'cancelled' })
    expect(existsSync(indexDir)).toBe(false)
  })

  it('stops a shard that is being built', async () => {
    const controller = new AbortController()
    const native = {
      ...localSeams.native,
      buildShard: (...args: Parameters<typeof localSeams.native.buildShard>) => {
        controller.abort()
        return localSeams.native.buildShard(...args)
      },
    }
    const options = testOptions([input], indexDir, { signal: controller.signal })
    await expect(buildIndex(options, { ...localSeams, native })).rejects.toMatchObject({ code: 'cancelled' })
    expect(existsSync(indexDir)).toBe(false)
  })
})
