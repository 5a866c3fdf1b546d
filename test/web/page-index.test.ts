/** Does `omnigram/browser` work in a real browser, bundled as a site would, against a plain file host? */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Gate } from '../../src/browser/testkit/gate.js'
import { type StaticHost, startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import type { IndexReader } from '../../src/query/index-reader.js'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'
import { runCli } from '../support/run-cli.js'
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from './browser.js'

/** What this test uses of the package; its own types speak of a page's `Worker`. */
interface TestedIndex extends Pick<IndexReader, 'count' | 'find' | 'documents' | 'document'> {
  readonly textBytes: number
  readonly file: Blob
  readCost(): Promise<{ requests: number; bytes: number }>
  close(): void
}

declare global {
  var controller: AbortController
  var failing: Promise<string>
  var index: TestedIndex
  /** Code and words of what goes wrong. */
  var fail: (promise: Promise<unknown>) => Promise<string>
  var omnigram: {
    openIndex(
      source: string | ArrayBuffer | Blob,
      options?: { signal?: AbortSignal; blockBits?: number },
    ): Promise<TestedIndex>
    buildIndex(
      inputs: File[],
      options?: { onProgress?: (phase: string) => void; signal?: AbortSignal },
    ): Promise<TestedIndex>
  }
}

const entry = fileURLToPath(new URL('../../dist/browser/page-index.js', import.meta.url))
const lack = wasmLack ?? missingBrowser ?? (existsSync(entry) ? null : 'the package is not compiled: npm run build')

const mainScript =
  "globalThis.fail = (promise) => promise.then(() => 'it worked', ({ code, detail }) => code + ': ' + detail)\n"

let folder: string
let host: StaticHost
let browser: Browser
let site: WatchedPage

/** The code of `docs/browser.md`, word for word but for what is asked, and where. */
async function readExample(): Promise<string> {
  const text = await readFile(new URL('../../docs/browser.md', import.meta.url), 'utf8')
  const code = /```ts\n(.+?)```/s.exec(text)?.[1] ?? ''
  const file = "const fileFromTheVisitor = new File(['a phrase, and a phrase'], 'notes.txt')\n"
  return file + code.replace('https://files.example.org/my-index/', '/corpus/').replaceAll('natural language', 'banana')
}

beforeAll(async () => {
  if (lack !== null) return
  folder = await mkdtemp(join(tmpdir(), 'omnigram-page-'))
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>a page</title><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>',
  )
  await writeFile(
    join(folder, 'main.js'),
    `${mainScript}import * as omnigram from ${JSON.stringify(entry)}\nglobalThis.omnigram = omnigram\n`,
  )
  await writeFile(join(folder, 'example.html'), '<!doctype html><script type="module" src="./example.js"></script>')
  await writeFile(join(folder, 'example.js'), await readExample())
  const out = join(folder, 'out')
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    resolve: { alias: { 'omnigram/browser': entry } },
    worker: { format: 'es' },
    build: {
      outDir: out,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: ['index.html', 'example.html'].map((name) => join(folder, name)) },
    },
  })
  const documents = Array.from({ length: 3000 }, (_, at) => ({
    text: `document ${at} of ${(at * 7919) % 3001}, banana`,
  }))
  await buildTestIndex(join(out, 'corpus'), { documents })
  host = await startStaticHost(out)
  browser = await launchBrowser()
  site = await openPage(browser, host.address, '/')
  await site.page.waitForFunction(() => 'omnigram' in globalThis)
})

afterAll(async () => {
  if (lack !== null) return
  await browser.close()
  await host.close()
  await rm(folder, { recursive: true })
})

it('runs the example of the documentation', async (context) => {
  if (lack !== null) context.skip(lack)
  const page = await browser.newPage()
  const lines: string[] = []
  page.on('console', (message) => message.type() === 'log' && lines.push(message.text()))
  page.on('pageerror', (error) => lines.push(error.message))
  await page.goto(`${host.address}/example.html`)
  await expect.poll(() => lines.at(-1) ?? '').toMatch(/^\[Object\] \d+$/)
  expect(lines[0]).toMatch(/^3000 document \d+ of \d+, banana \{requests: \d+, bytes: \d+\}$/)
  expect(lines.slice(1, -1)).toContainEqual(expect.stringMatching(/^(read|sort|encode) /))
  await page.close()
})

it('searches an index on the host and opens a document', async (context) => {
  if (lack !== null) context.skip(lack)
  const found = await site.page.evaluate(async () => {
    const index = await omnigram.openIndex('/corpus/')
    const counts = await index.count(['banana', 'document 77 ', 'absent'])
    const match = await index.find('document 77 ')
    const { occurrences } = await index.documents(match, { by: 'occurrence', limit: 5, context: 10 })
    const { text } = await index.document(occurrences[0].document.document)
    const cost = await index.readCost()
    index.close()
    return { counts: counts.map(({ count }) => count), snippet: occurrences[0].snippet.text, text, cost }
  })
  expect(found.counts).toEqual([3000, 1, 0])
  expect(found.snippet).toContain('document 77 ')
  expect(found.text).toBe(`document 77 of ${(77 * 7919) % 3001}, banana`)
  expect(found.cost.requests).toBeGreaterThan(2)
})

it('indexes a file of 5 MB in the page without freezing it; the command line counts the same in its shard', async (context) => {
  if (lack !== null) context.skip(lack)
  const found = await site.page.evaluate(async () => {
    const words = ['the', 'quick', 'naïve', 'fox', '世界', 'jumps', 'over', 'lazy', 'dogs', '\n']
    let state = 1
    const text = Array.from({ length: 1_000_000 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return words[(state >>> 16) % words.length]
    }).join(' ')
    let longestMs = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last)
      last = performance.now()
    }, 10)
    const phases = new Set<string>()
    const start = performance.now()
    const index = await omnigram.buildIndex([new File([text], 'words.txt')], {
      onProgress: (phase) => phases.add(phase),
    })
    const buildMs = performance.now() - start
    clearInterval(timer)
    const counts = await index.count(['naïve fox', '世界', 'quick quick quick'])
    const bytes = new Uint8Array(await index.file.arrayBuffer())
    index.close()
    const shard = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
    return {
      textBytes: index.textBytes,
      counts: counts.map(({ count }) => count),
      phases: [...phases],
      buildMs,
      longestMs,
      shard: btoa(shard),
    }
  })
  const path = join(folder, 'words.fm')
  await writeFile(path, Buffer.from(found.shard, 'base64'))
  process.stderr.write(
    `${found.textBytes} bytes built in ${Math.round(found.buildMs)} ms, page still for ${Math.round(found.longestMs)} ms\n`,
  )
  expect(found.textBytes).toBeGreaterThan(5_000_000)
  expect(found.phases).toEqual(expect.arrayContaining(['read', 'sort', 'encode']))
  const { exitCode, stdout } = await runCli(['count', path, 'naïve fox', '世界', 'quick quick quick', '--json'])
  expect(exitCode).toBe(0)
  for (const count of found.counts) expect(stdout).toContain(`"count":${count}`)
})

it('says that a load was aborted, ends its worker, and goes on', async (context) => {
  if (lack !== null) context.skip(lack)
  const gate = new Gate()
  const isShard = (path: string) => path.endsWith('.fm')
  const slow = await startStaticHost(join(folder, 'out'), {
    hold: (path) => (isShard(path) ? gate.passed : Promise.resolve()),
  })
  const { page, complaints, close } = await openPage(browser, slow.address, '/')
  await page.waitForFunction(() => 'omnigram' in globalThis)
  const abort = () => {
    controller.abort()
    return failing
  }
  const heldRequests = () => slow.requests.filter(isShard).length

  // From a host, before the first bytes of the shard came.
  gate.close()
  await page.evaluate(() => {
    globalThis.controller = new AbortController()
    globalThis.failing = fail(omnigram.openIndex('/corpus/', { signal: controller.signal }))
  })
  await expect.poll(heldRequests).toBeGreaterThan(0)
  expect(page.workers()).toHaveLength(1)
  expect(await page.evaluate(abort)).toBe('cancelled: The index was not opened: the caller stopped it.')
  await expect.poll(() => page.workers().length).toBe(0)
  gate.open()

  // A question half way, whose index then answers the next one.
  await page.evaluate(async () => {
    // In the smallest blocks, so that a question lacks some.
    globalThis.index = await omnigram.openIndex('/corpus/', { blockBits: 9 })
  })
  gate.close()
  const before = heldRequests()
  await page.evaluate(() => {
    globalThis.controller = new AbortController()
    globalThis.failing = fail(index.count(['document 1234 '], { signal: controller.signal }))
  })
  await expect.poll(heldRequests).toBeGreaterThan(before)
  expect(await page.evaluate(abort)).toMatch(/^cancelled: /)
  gate.open()
  const counts = await page.evaluate(async () => {
    const found = await index.count(['document 567 o'])
    index.close()
    return found.map(({ count }) => count)
  })
  expect(counts).toEqual([1])
  await expect.poll(() => page.workers().length).toBe(0)

  // A file of the visitor, read and built.
  const [shard] = (await readdir(join(folder, 'out/corpus/shards'))).filter(isShard)
  const own = await page.evaluate(async (address) => {
    const file = await (await fetch(address)).blob()
    const opening = new AbortController()
    const opened = fail(omnigram.openIndex(file, { signal: opening.signal }))
    opening.abort()
    const building = new AbortController()
    const text = 'the quick brown fox '.repeat(100_000)
    const onProgress = (phase: string) => phase === 'sort' && building.abort()
    const built = fail(omnigram.buildIndex([new File([text], 'long.txt')], { onProgress, signal: building.signal }))
    return [await opened, await built]
  }, `/corpus/shards/${shard}`)
  expect(own).toEqual([
    'cancelled: The index was not opened: the caller stopped it.',
    'cancelled: The index was not made: the caller stopped it.',
  ])
  await expect.poll(() => page.workers().length).toBe(0)
  const found = await page.evaluate(async () => {
    const built = await omnigram.buildIndex([new File(['banana bandana'], 'short.txt')])
    const [{ count }] = await built.count(['an'])
    built.close()
    return count
  })
  expect(found).toBe(4)
  expect(complaints).toEqual([])
  await close()
  await slow.close()
})

it('says what is wrong with an index, and goes on', async (context) => {
  if (lack !== null) context.skip(lack)
  const shards = join(folder, 'out/corpus/shards')
  const manifest = JSON.parse(await readFile(join(folder, 'out/corpus/generations/000001.json'), 'utf8'))
  const path = join(shards, manifest.shards[0].name)
  await truncate(path, 1000)
  const problems = await site.page.evaluate(async () => {
    const aborted = omnigram.openIndex('/corpus/', { signal: AbortSignal.timeout(0) })
    return [
      await fail(omnigram.openIndex('/corpus/')),
      await fail(omnigram.openIndex('/nowhere/')),
      await fail(omnigram.openIndex(new ArrayBuffer(100))),
      await fail(aborted),
      await fail(omnigram.buildIndex([new File(['a\0'], 'x.bin')])),
    ]
  })
  expect(problems).toEqual([
    expect.stringMatching(/^damaged-index: .*\.fm/),
    expect.stringMatching(/^unknown-index: .*nowhere/),
    expect.stringMatching(/^damaged-index/),
    expect.stringMatching(/^cancelled/),
    expect.stringMatching(/^bad-input: x\.bin is binary/),
  ])
  expect(await site.page.title()).toBe('a page')
})
