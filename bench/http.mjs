/**
 * How fast is a count over HTTP, beside a bare express handler, and how fast is one on the command line?
 *
 *   npm run bench:http -- --index DIR [--json OUT] [--seconds 8]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { describeMachine } from './machine.mjs'
import { median, run } from './process.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const commandLine = `${root}dist/cli/main.js`

/** One pattern of three words: neither cached nor trivial. */
const body = JSON.stringify({ patterns: ['one of the'] })

/** A program that prints its address as JSON when it listens. */
async function startProgram(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { url: JSON.parse(String(line)).url, stop: () => child.kill() }
}

async function measure(url, path, connections, seconds) {
  const headers = { 'content-type': 'application/json' }
  const options = { url: url + path, method: 'POST', headers, body, connections, duration: seconds }
  await autocannon({ ...options, duration: 2 })
  const { requests, latency, errors, non2xx } = await autocannon(options)
  const [p50Ms, p99Ms] = [latency.p50, latency.p99]
  return { connections, requestsPerSecond: requests.average, p50Ms, p99Ms, meanMs: latency.average, errors, non2xx }
}

async function measureServer(args, path, seconds) {
  const server = await startProgram(args)
  try {
    return [await measure(server.url, path, 1, seconds), await measure(server.url, path, 32, seconds)]
  } finally {
    server.stop()
  }
}

/** Wall milliseconds of one `omnigram count`, Node's start included. */
async function measureCommandLine(indexDir, runs = 15) {
  const times = []
  for (let i = 0; i < runs; i++) {
    times.push((await run(process.execPath, [commandLine, 'count', indexDir, 'one of the', '--json'])).wallMs)
  }
  const bare = []
  for (let i = 0; i < runs; i++) bare.push((await run(process.execPath, ['-e', '0'])).wallMs)
  return { medianMs: median(times), nodeAloneMs: median(bare) }
}

async function main() {
  const { values } = parseArgs({
    options: { index: { type: 'string' }, json: { type: 'string' }, seconds: { type: 'string', default: '8' } },
  })
  if (!values.index) {
    process.stderr.write('usage: npm run bench:http -- --index DIR [--json OUT] [--seconds N]\n')
    process.exit(2)
  }
  const seconds = Number(values.seconds)
  const name = values.index.replace(/\/+$/, '').split('/').at(-1)
  const serve = [commandLine, 'serve', values.index, '--port', '0', '--json', '--quiet', '--rate-limit', '0']
  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    index: name,
    omnigram: await measureServer(serve, `/v1/indexes/${name}/count`, seconds),
    bareExpress: await measureServer([`${root}bench/peers/bare-express.mjs`], '/count', seconds),
    commandLine: await measureCommandLine(values.index),
  }
  for (const who of ['omnigram', 'bareExpress']) {
    for (const row of result[who]) {
      const { connections, requestsPerSecond, p50Ms, p99Ms, meanMs, errors, non2xx } = row
      const times = `p50 ${p50Ms} ms, p99 ${p99Ms} ms, mean ${meanMs.toFixed(2)} ms`
      const rate = `${requestsPerSecond.toFixed(0)} requests/s`
      process.stdout.write(
        `${who.padEnd(12)} ${connections} connections: ${rate}, ${times}, ${errors + non2xx} failed\n`,
      )
    }
  }
  const { medianMs, nodeAloneMs } = result.commandLine
  process.stdout.write(
    `omnigram count: ${medianMs.toFixed(0)} ms in all, ${nodeAloneMs.toFixed(0)} ms of them Node alone\n`,
  )
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
}

await main()
