/** Do the laws of the core itself, compiled into the module, hold in Node and in a real browser? */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StaticHost, startStaticHost } from '../../src/browser/testkit/static-host.js'
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from './browser.js'

interface LawsModule {
  listLaws(): string[]
  /** Throws what does not hold. */
  checkLaws(name: string, seed: number, cases: number): void
}

const built = fileURLToPath(new URL('../../native/fmindex-wasm/laws/', import.meta.url))
const [seed, cases] = [7, 200]

/** Null where it is not built: `node scripts/build-wasm.mjs --laws`. */
function loadLaws(): LawsModule | null {
  try {
    return createRequire(import.meta.url)(join(built, 'nodejs/fmindex_wasm.js'))
  } catch (thrown) {
    if ((thrown as { code?: string }).code === 'MODULE_NOT_FOUND') return null
    throw thrown
  }
}

const laws = loadLaws()
const names = laws?.listLaws() ?? ['all laws: node scripts/build-wasm.mjs --laws makes the module for them']

describe.skipIf(laws === null)('under Node the core keeps', () => {
  it.each(names)('%s', (name) => {
    laws?.checkLaws(name, seed, cases)
  })
})

describe.skipIf(laws === null || missingBrowser)('in Chromium the core keeps', () => {
  let folder: string
  let host: StaticHost
  let browser: Browser
  let site: WatchedPage

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'omnigram-laws-'))
    for (const name of ['fmindex_wasm.js', 'fmindex_wasm_bg.wasm']) {
      await copyFile(join(built, 'web', name), join(folder, name))
    }
    const script = `import init, * as laws from './fmindex_wasm.js'
await init({ module_or_path: new URL('./fmindex_wasm_bg.wasm', import.meta.url) })
globalThis.laws = laws`
    const html = '<!doctype html><title>laws</title><link rel="icon" href="data:,">'
    await writeFile(join(folder, 'index.html'), `${html}<script type="module">${script}</script>`)
    host = await startStaticHost(folder)
    browser = await launchBrowser()
    site = await openPage(browser, host.address, '/')
    await site.page.waitForFunction('"laws" in globalThis')
  })

  afterAll(async () => {
    expect(site.complaints).toEqual([])
    await browser.close()
    await host.close()
    await rm(folder, { recursive: true })
  })

  it('as many as under Node', async () => {
    expect(await site.page.evaluate('laws.listLaws()')).toEqual(names)
  })

  it.each(names)('%s', async (name) => {
    await site.page.evaluate(`laws.checkLaws(${JSON.stringify(name)}, ${seed}, ${cases})`)
  })
})
