/** Where do the readers in a page come from? A folder on a plain file host, with a page that holds the `web` build. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import type { IndexReader } from '../../src/query/index-reader.js'
import { launchBrowser, missingBrowser, openPage } from './browser.js'
import { openPageReader, type PageSource } from './page-reader.js'

const readerPage = fileURLToPath(new URL('./reader-page.mjs', import.meta.url))
const entry = fileURLToPath(new URL('../../dist/browser/page-index.js', import.meta.url))

/** Why no page can hold an index here; null where one can. */
export const pageLack =
  wasmLack ?? missingBrowser ?? (existsSync(entry) ? null : 'the package is not compiled: npm run build')

export interface PageReaders {
  /** What lies in it the page can fetch. */
  readonly folder: string
  /** Opens what the page can fetch, or has built; `blockBits` as in `openIndex`. */
  open(source: PageSource, blockBits?: number): Promise<IndexReader>
  /** What the page complained about. */
  readonly complaints: readonly string[]
  stop(): Promise<void>
}

export async function startPageReaders(): Promise<PageReaders> {
  const root = await mkdtemp(join(tmpdir(), 'omnigram-readers-'))
  const html = '<!doctype html><title>readers</title><link rel="icon" href="data:,">'
  await writeFile(join(root, 'index.html'), `${html}<script type="module" src="./main.js"></script>`)
  await writeFile(join(root, 'main.js'), `import ${JSON.stringify(readerPage)}\n`)
  const folder = join(root, 'out')
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: { outDir: folder, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
  const host = await startStaticHost(folder)
  const browser = await launchBrowser()
  const { page, complaints } = await openPage(browser, host.address, '/')
  await page.waitForFunction(() => 'askPage' in globalThis)
  return {
    folder,
    open: (source, blockBits = 9) => openPageReader(page, source, blockBits),
    complaints,
    async stop() {
      await browser.close()
      await host.close()
      await rm(root, { recursive: true })
    },
  }
}
