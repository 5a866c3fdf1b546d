/** Does the browser module answer as the native core, and from how little of the index? */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInPage } from '../../src/browser/open-in-page.js'
import { startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { openIndex } from '../../src/query/open-index.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { readTexts, smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'
import { drawSmallPatterns } from '../support/small-patterns.js'

const lack = wasmLack ?? cliLack ?? smallCorpusLack

describe.skipIf(lack)('the browser module on small', () => {
  let folder: string
  let host: Awaited<ReturnType<typeof startStaticHost>>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'omnigram-browser-'))
    const { exitCode } = await runCli(['build', smallCorpusPath, '-o', join(folder, 'small'), '--quiet'])
    expect(exitCode).toBe(0)
    host = await startStaticHost(folder)
  })
  afterAll(async () => {
    await host.close()
    await rm(folder, { recursive: true })
  })

  it('counts 500 patterns as the native core does', async () => {
    const patterns = drawSmallPatterns()
    const native = await openIndex(join(folder, 'small'), { workers: 0 })
    const page = await openInPage(`${host.address}/small/`)
    expect(await page.reader.count(patterns)).toEqual(await native.count(patterns))
    await Promise.all([native.close(), page.reader.close()])
  })

  it('counts twenty bytes of a cold index by few requests', async () => {
    const pattern = readTexts(smallCorpusPath)[1000].slice(100, 120)
    const { reader, readCost } = await openInPage(`${host.address}/small/`)
    const opening = readCost()
    await reader.count([pattern])
    process.stderr.write(`opening ${JSON.stringify(opening)}, with a count ${JSON.stringify(readCost())}\n`)
    expect(readCost().requests).toBeLessThanOrEqual(25)
    expect(readCost().bytes).toBeLessThanOrEqual(1_000_000)
    await reader.close()
  })
})
