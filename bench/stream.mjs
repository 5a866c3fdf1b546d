/**
 * What does a step of a growing context cost over one stream, beside a request for each step with a session? Both ask for the same
 * drafts and the same next tokens, from the same process, one step after the other; the answers are compared.
 *
 *   node bench/stream.mjs --index TOKEN_INDEX [--steps 1000] [--json OUT]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { loadavg } from 'node:os'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Packr } from 'msgpackr'
import { describeMachine } from './machine.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const packr = new Packr({ useRecords: false })
/** Tokens of a context before it grows, and how many it grows by. */
const [startTokens, grownTokens] = [32, 64]
const drafts = { drafter: 'retrieval', nodes: 16, depth: 8 }

async function main() {
  const { values } = parseArgs({
    options: { index: { type: 'string' }, steps: { type: 'string', default: '1000' }, json: { type: 'string' } },
  })
  if (values.index === undefined) throw new Error('--index TOKEN_INDEX is needed.')
  const args = ['dist/cli/main.js', 'serve', values.index, '--port', '0', '--json', '--quiet', '--rate-limit', '0']
  const server = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(server.stdout, 'data')
  const base = `${JSON.parse(String(line)).url}/v1/indexes/${basename(values.index)}`
  try {
    const texts = await readTexts(base, Math.ceil(Number(values.steps) / grownTokens))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ways = {
      'a request a step, JSON': (text) => postSteps(base, agent, text, 'json'),
      'a request a step, MessagePack': (text) => postSteps(base, agent, text, 'msgpack'),
      'a stream': (text) => streamSteps(base, text),
    }
    // One text of each first, then all of them in turn, so that no way has the quiet part of the run.
    for (const way of Object.values(ways)) await way(texts[0])
    const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
    for (const text of texts) {
      const answers = []
      for (const [name, way] of Object.entries(ways)) {
        const { stepMs, answer } = await way(text)
        times[name].push(...stepMs)
        answers.push(JSON.stringify(answer))
      }
      if (new Set(answers).size > 1) throw new Error(`The answers differ: ${answers.join('\n')}`)
    }
    const rows = Object.entries(times).map(([name, all]) => ({ name, steps: all.length, ...summarize(all) }))
    for (const { name, p50Ms, p95Ms } of rows) {
      process.stdout.write(`${name.padEnd(32)} p50 ${p50Ms.toFixed(3)} ms  p95 ${p95Ms.toFixed(3)} ms\n`)
    }
    const [date, load] = [new Date().toISOString(), loadavg()[0]]
    const record = {
      date,
      load,
      machine: describeMachine(),
      index: basename(values.index),
      drafts,
      startTokens,
      grownTokens,
      rows,
    }
    if (values.json) writeFileSync(values.json, `${JSON.stringify(record, null, 2)}\n`)
    agent.destroy()
  } finally {
    server.kill()
  }
}

/** Stretches of documents of the index, each long enough to grow. */
async function readTexts(base, count) {
  const texts = []
  for (let document = 0; texts.length < count; document++) {
    const response = await fetch(`${base}/documents/${document}?start=0&end=${startTokens + grownTokens}`)
    if (!response.ok)
      throw new Error(`The index has only ${texts.length} documents of ${startTokens + grownTokens} tokens.`)
    const { ids } = await response.json()
    if (ids.length >= startTokens + grownTokens) texts.push(ids)
  }
  return texts
}

/** Drafts by one request a step; the session keeps where the context stands. */
async function postSteps(base, agent, text, format) {
  const type = format === 'json' ? 'application/json' : 'application/vnd.msgpack'
  const [write, read] =
    format === 'json' ? [JSON.stringify, JSON.parse] : [(v) => packr.pack(v), (v) => packr.unpack(v)]
  const session = `${format} ${text[0]} ${text[5]} ${text[9]}`
  const stepMs = []
  let answer = null
  for (let length = startTokens; length < startTokens + grownTokens; length++) {
    const startMs = performance.now()
    const body = write({ contexts: [{ context: { ids: text.slice(0, length) }, session }], ...drafts })
    const outgoing = request(`${base}/drafts`, {
      method: 'POST',
      agent,
      headers: { 'content-type': type, 'accept': type, 'content-length': Buffer.byteLength(body) },
    })
    outgoing.end(body)
    const [response] = await once(outgoing, 'response')
    const pieces = []
    for await (const piece of response) pieces.push(piece)
    answer = read(Buffer.concat(pieces)).drafts[0]
    stepMs.push(performance.now() - startMs)
  }
  return { stepMs, answer }
}

async function streamSteps(base, text) {
  const headers = { 'content-type': 'application/x-ndjson' }
  const outgoing = request(`${base}/stream`, { method: 'POST', agent: false, headers })
  outgoing.flushHeaders()
  const [response] = await once(outgoing, 'response')
  outgoing.setNoDelay(true)
  const lines = createInterface({ input: response })[Symbol.asyncIterator]()
  const stepMs = []
  let answer = null
  for (let length = startTokens; length < startTokens + grownTokens; length++) {
    const startMs = performance.now()
    const isFirst = length === startTokens
    const step = isFirst ? { context: { ids: text.slice(0, length) }, drafts } : { ids: [text[length - 1]] }
    outgoing.write(`${JSON.stringify(step)}\n`)
    answer = JSON.parse((await lines.next()).value).drafts
    stepMs.push(performance.now() - startMs)
  }
  outgoing.end()
  return { stepMs, answer }
}

function summarize(times) {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { p50Ms: at(0.5), p95Ms: at(0.95) }
}

await main()
