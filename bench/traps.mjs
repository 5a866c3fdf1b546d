/**
 * How long does it take to look for traps and near copies of them, and to trace a text?
 *
 *   node bench/traps.mjs --index DIR [--traps N] [--json OUT]
 *
 * Traps are pairs of neighbouring words from random places of the corpus, put together: every
 * block of them is as common as blocks of natural text are. CPU time is of all threads.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { seedUniform } from '../dist/core/seed-uniform.js'
import { openIndex } from '../dist/query/open-index.js'
import { traceText } from '../dist/query/tracing/trace-text.js'
import { findNeighbours } from '../dist/traps/presence/find-neighbours.js'
import { measurePresence } from '../dist/traps/presence/measure-presence.js'
import { describeMachine } from './machine.mjs'

const usage = 'usage: node bench/traps.mjs --index DIR [--traps N] [--json OUT]\n'
const traceCharacters = 2_000
const traceRounds = 15

/** Wall and CPU milliseconds of `work`, and what it answered. */
async function measure(work) {
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { result, wallMs: Number(process.hrtime.bigint() - start) / 1e6, cpuMs: (user + system) / 1e3 }
}

function readOptions() {
  const { values } = parseArgs({
    options: { index: { type: 'string' }, traps: { type: 'string', default: '1000' }, json: { type: 'string' } },
  })
  if (values.index) return values
  process.stderr.write(usage)
  process.exit(2)
}

const values = readOptions()
const reader = await openIndex(values.index, { workers: availableParallelism() })
const uniform = seedUniform(7)
const { documents } = reader.manifest.statistics

/** About so many bytes of text from a random document that has them. */
async function readPiece(bytes) {
  for (;;) {
    const document = Math.floor(uniform() * documents)
    const { symbolCount } = await reader.documentInfo(document)
    if (symbolCount <= bytes) continue
    const start = Math.floor(uniform() * (symbolCount - bytes))
    const { text } = await reader.extract(document, start, start + bytes)
    return text
  }
}

/** Pairs of neighbouring words. */
async function makePairs(count) {
  const pairs = []
  while (pairs.length < count) {
    const words = (await readPiece(600)).split(/\s+/).slice(1, -1)
    for (let at = 0; at + 1 < words.length; at += 12) pairs.push(`${words[at]} ${words[at + 1]}`)
  }
  return pairs
}

async function makeTraps(count) {
  const lengths = [25, 50, 100]
  const pairs = await makePairs(4_000)
  return Array.from({ length: count }, (_, at) => {
    const length = lengths[at % lengths.length]
    const text = Array.from({ length: length / 2.5 }, () => pairs[Math.floor(uniform() * pairs.length)]).join(' ')
    const tokens = Array.from({ length }, (_, token) => token)
    return { id: `t${at}`, text, tokens, perplexity: 50, bucket: 4, seed: 7, role: 'trap', repetitions: 0 }
  })
}

async function makeMixed() {
  let text = ''
  while (text.length < traceCharacters) text += `${(await readPiece(90)).trim()} `
  return text.slice(0, traceCharacters)
}

const rows = []
const note = (name, times) => {
  const wall = times.map(({ wallMs }) => wallMs).sort((a, b) => a - b)
  const cpuMs = times.reduce((sum, time) => sum + time.cpuMs, 0) / times.length
  rows.push({ name, rounds: wall.length, medianMs: wall[wall.length >> 1], maxMs: wall[wall.length - 1], cpuMs })
}

const traps = await makeTraps(Number(values.traps))
const presence = await measure(() => measurePresence([reader], traps))
note(`presence of ${traps.length} traps`, [presence])
const neighbours = await measure(() => findNeighbours([reader], traps, { replaced: 4 }))
note(`near copies of ${traps.length} traps, 4 tokens replaced`, [neighbours])

const kinds = {
  'verbatim': () => readPiece(traceCharacters),
  'pieces of 90 characters': makeMixed,
  'shuffled words': async () =>
    (await readPiece(traceCharacters))
      .split(' ')
      .sort(() => uniform() - 0.5)
      .join(' '),
}
for (const [name, make] of Object.entries(kinds)) {
  const texts = []
  while (texts.length < traceRounds) texts.push(await make())
  await traceText(reader, texts[0])
  const times = []
  for (const text of texts) times.push(await measure(() => traceText(reader, text)))
  note(`trace of ${traceCharacters} characters, ${name}`, times)
}

const result = {
  date: new Date().toISOString(),
  machine: describeMachine(),
  load: loadavg()[0],
  index: basename(values.index),
  textBytes: reader.manifest.statistics.textBytes,
  shards: reader.manifest.shards.length,
  traps: traps.length,
  incompleteNeighbours: neighbours.result.filter(({ isComplete }) => !isComplete).length,
  rows,
}
await reader.close()
for (const { name, medianMs, maxMs, cpuMs } of rows) {
  const times = [medianMs, maxMs, cpuMs].map((ms) => ms.toFixed(1).padStart(11)).join('')
  process.stdout.write(`${name.padEnd(56)}${times}  (median, longest, CPU; ms)\n`)
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
