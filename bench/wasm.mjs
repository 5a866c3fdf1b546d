/**
 * How large is the browser module, how fast does it count beside the native core, how little of a remote index does a cold
 * count read, and how long does a page take to build one?
 *
 *   node bench/wasm.mjs [--corpus FILE.jsonl] [--rounds N] [--json OUT]
 *
 * Counts in memory: the `nodejs` build and the addon on one shard, by turns, on one thread; CPU time. All else: headless
 * Chromium with the `web` build, and vite's preview server as the static host, on loopback.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { loadWasm } from '../dist/browser/load-wasm.js'
import { WasmShard } from '../dist/browser/wasm-shard.js'
import { openShard, releaseTicket, takeTicket } from '../native/fmindex-node/index.js'
import { describeMachine } from './machine.mjs'
import { median } from './process.mjs'
import { makeRandom } from './workload.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: `${root}.omnigram/corpora/small.jsonl` },
    rounds: { type: 'string', default: '21' },
    json: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const [countLength, coldLength, queries, coldQueries, buildRounds] = [50, 20, 1000, 20, 3]
const builtBytes = 10_000_000

function measureModule() {
  const bytes = readFileSync(`${root}native/fmindex-wasm/pkg/web/fmindex_wasm_bg.wasm`)
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }
  return {
    bytes: bytes.length,
    gzipBytes: gzipSync(bytes, { level: 9 }).length,
    brotliBytes: brotliCompressSync(bytes, brotli).length,
  }
}

/** Pieces of texts at edges of characters, so that they can be asked as text too. */
function drawPatterns(texts, length, amount, random) {
  const patterns = []
  while (patterns.length < amount) {
    const text = texts[Math.floor(random() * texts.length)]
    const start = Math.floor(random() * (text.length - length))
    const piece = text.subarray(start, start + length)
    if (start >= 0 && !piece.toString().includes('\ufffd')) patterns.push(Uint8Array.from(piece))
  }
  return patterns
}

/** CPU microseconds a pattern, of one round. */
function timeRound(work) {
  const cpu = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / queries
}

async function measureCounts(shardPath, patterns) {
  const { Shard } = await loadWasm()
  const wasm = new WasmShard(Shard.fromBytes(readFileSync(shardPath)), shardPath)
  const native = openShard(shardPath, 'ram')
  const ticket = takeTicket()
  const engines = {
    wasm: (asked) => wasm.count(asked),
    native: (asked) => native.count(asked, ticket),
  }
  const expected = engines.native(patterns)
  const different = engines.wasm(patterns).filter((count, at) => count !== expected[at]).length
  if (different > 0) throw new Error(`${different} counts differ from those of the native core`)
  const ways = {
    together: (count) => count(patterns),
    alone: (count) => {
      for (const pattern of patterns) count([pattern])
    },
  }
  const rows = []
  for (const [way, ask] of Object.entries(ways)) {
    const times = { wasm: [], native: [] }
    for (let round = 0; round < rounds + 2; round++) {
      for (const [name, count] of Object.entries(engines)) {
        const cpuUs = timeRound(() => ask(count))
        // The first ones compile.
        if (round >= 2) times[name].push(cpuUs)
      }
    }
    rows.push({ way, wasmCpuUs: median(times.wasm), nativeCpuUs: median(times.native) })
  }
  releaseTicket(ticket)
  return { length: countLength, patterns: patterns.length, rounds, rows }
}

async function measureCold(page, patterns) {
  const runs = []
  for (const pattern of patterns) {
    runs.push(await page.evaluate((text) => measured.countCold('/index/', text), Buffer.from(pattern).toString()))
  }
  const sumUp = (read) => {
    const each = runs.map(read)
    return { median: median(each), max: Math.max(...each) }
  }
  return {
    length: coldLength,
    patterns: runs.length,
    found: runs.filter(({ count }) => count > 0).length,
    openingRequests: sumUp(({ opening }) => opening.requests),
    openingBytes: sumUp(({ opening }) => opening.bytes),
    requests: sumUp(({ whole }) => whole.requests),
    bytes: sumUp(({ whole }) => whole.bytes),
    wallMs: sumUp(({ wallMs }) => wallMs),
  }
}

/** CPU milliseconds of all processes of the browser until now. */
async function readBrowserCpuMs(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  return processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0)
}

async function measureBuild(page, session, name, fileBytes) {
  const runs = []
  for (let round = 0; round < buildRounds; round++) {
    const cpuStartMs = await readBrowserCpuMs(session)
    const run = await page.evaluate((file) => measured.buildFile(`/${file}`, file), name)
    runs.push({ ...run, cpuMs: (await readBrowserCpuMs(session)) - cpuStartMs })
    process.stderr.write(`${JSON.stringify({ name, ...runs.at(-1) })}\n`)
  }
  const [{ documentCount, textBytes, shardBytes }] = runs
  return {
    name,
    fileBytes,
    documentCount,
    textBytes,
    shardBytes,
    rounds: runs.length,
    wallMs: median(runs.map(({ wallMs }) => wallMs)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    longestStallMs: Math.max(...runs.map(({ stallMs }) => stallMs)),
    runs: runs.map(({ wallMs, cpuMs, stallMs, phaseStartsMs }) => ({ wallMs, cpuMs, stallMs, phaseStartsMs })),
  }
}

/** The texts one after the other, and from the start again until there are enough. */
function makePlainText(texts) {
  const lines = texts.flatMap((text) => [text, Buffer.from('\n')])
  const once = Buffer.concat(lines)
  return Buffer.alloc(builtBytes, once)
}

const folder = mkdtempSync(join(tmpdir(), 'omnigram-bench-wasm-'))
try {
  const texts = readFileSync(values.corpus, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(JSON.parse(line).text))
  const random = makeRandom(12_345)
  const site = join(folder, 'site')
  const html = '<!doctype html><title>measured</title><script type="module" src="./main.js"></script>'
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), html)
  writeFileSync(join(folder, 'main.js'), `import ${JSON.stringify(`${root}bench/browser/measured-page.mjs`)}\n`)
  const output = { outDir: site, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } }
  const settings = { root: folder, configFile: false, logLevel: 'error' }
  await build({ ...settings, worker: { format: 'es' }, build: output })
  const indexDir = join(site, 'index')
  const cli = [`${root}dist/cli/main.js`, 'build', values.corpus, '-o', indexDir, '--quiet']
  execFileSync(process.execPath, cli, { stdio: 'inherit' })
  copyFileSync(values.corpus, join(site, 'lines.jsonl'))
  const plain = makePlainText(texts)
  writeFileSync(join(site, 'plain.txt'), plain)
  const [shard] = readdirSync(join(indexDir, 'shards')).filter((name) => name.endsWith('.fm'))

  const load = loadavg()[0]
  const counts = await measureCounts(join(indexDir, 'shards', shard), drawPatterns(texts, countLength, queries, random))
  process.stderr.write(`${JSON.stringify(counts)}\n`)
  const host = await preview({ ...settings, build: output, preview: { host: '127.0.0.1', port: 0 } })
  const { port } = host.httpServer.address()
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags })
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.waitForFunction(() => 'measured' in globalThis)
  const cold = await measureCold(page, drawPatterns(texts, coldLength, coldQueries, random))
  process.stderr.write(`${JSON.stringify(cold)}\n`)
  const session = await browser.newBrowserCDPSession()
  const builds = [
    await measureBuild(page, session, 'plain.txt', plain.length),
    await measureBuild(page, session, 'lines.jsonl', readFileSync(values.corpus).length),
  ]
  const chromiumVersion = browser.version()
  await browser.close()
  await host.close()

  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    load,
    browser: `Chromium ${chromiumVersion}`,
    corpus: {
      name: basename(values.corpus),
      textBytes: texts.reduce((sum, text) => sum + text.length, 0),
      documents: texts.length,
    },
    module: measureModule(),
    counts,
    cold,
    builds,
  }
  const json = JSON.stringify(result, null, 2)
  if (values.json) writeFileSync(values.json, `${json}\n`)
  else process.stdout.write(`${json}\n`)
} finally {
  rmSync(folder, { recursive: true })
}
