/**
 * How long does it take to look for traps and near copies of them, and to sample the texts that they are chosen from?
 *
 *   node bench/traps.mjs --index DIR [--traps N] [--model FILE] [--json OUT]
 *
 * Of three traps one is text of the index, one the same with four words replaced, and one stands nowhere: pairs of neighbouring words from
 * random places, put together, so that every block of it is as common as blocks of natural text are. Of the texts of the index those are left
 * out of which a block stands in more than 1,000 places, as notices of licences do: no trap is so common. CPU time is of all threads.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { seedUniform } from '../dist/core/seed-uniform.js'
import { openGgufModel } from '../dist/models/gguf-model.js'
import { openIndex } from '../dist/query/open-index.js'
import { sampleSequences } from '../dist/traps/make/sample-sequences.js'
import { cutBlocks, findNeighbours } from '../dist/traps/presence/find-neighbours.js'
import { measurePresence } from '../dist/traps/presence/measure-presence.js'
import { IndexedText } from './indexed-text.mjs'
import { describeIndexRun } from './machine.mjs'
import { measure, printTimes, sumUpTimes } from './measure.mjs'

const usage = 'usage: node bench/traps.mjs --index DIR [--traps N] [--model FILE] [--json OUT]\n'
const lengths = [25, 50, 100]
const replaced = 4

const { values } = parseArgs({
  options: {
    index: { type: 'string' },
    traps: { type: 'string', default: '1000' },
    model: { type: 'string' },
    json: { type: 'string' },
  },
})
if (!values.index) {
  process.stderr.write(usage)
  process.exit(2)
}

const reader = await openIndex(values.index, { workers: availableParallelism() })
const text = new IndexedText(reader, 7)

/** Pairs of neighbouring words. */
async function readPairs(count) {
  const pairs = []
  while (pairs.length < count) {
    const words = await text.readWords(50)
    for (let at = 0; at + 1 < words.length; at += 12) pairs.push(`${words[at]} ${words[at + 1]}`)
  }
  return pairs
}

/** So many words in a row, none as long as a path, no block of which is a notice of a licence. */
async function readRareWords(count) {
  for (;;) {
    const words = await text.readWords(count)
    if (words.some((word) => word.length > 15)) continue
    const counts = await reader.count(cutBlocks(words.join(' '), replaced + 1))
    if (counts.every(({ count }) => count <= 1_000)) return words
  }
}

/** With other words in evenly spread places. */
function replaceWords(words) {
  const places = Array.from({ length: replaced }, (_, at) => Math.floor(((at + 1) * words.length) / (replaced + 1)))
  return words.map((word, place) => (places.includes(place) ? `q${word.length}q` : word))
}

async function makeTraps(count) {
  const pairs = await readPairs(4_000)
  const traps = []
  for (let at = 0; at < count; at++) {
    const length = lengths[Math.floor(at / 3) % lengths.length]
    const words = Math.floor(length / 1.25)
    const make = {
      verbatim: async () => (await readRareWords(words)).join(' '),
      near: async () => replaceWords(await readRareWords(words)).join(' '),
      absent: async () => Array.from({ length: words / 2 }, () => text.pick(pairs)).join(' '),
    }
    const kind = Object.keys(make)[at % 3]
    const tokens = Array.from({ length }, (_, token) => token)
    const shared = { tokens, perplexity: 50, bucket: 4, seed: 7, role: 'trap', repetitions: 0 }
    traps.push({ ...shared, id: `${kind}-${at}`, text: await make[kind]() })
  }
  return traps
}

/** A row for so many texts at a time: of each what it takes. */
async function measureSampling(model, together, texts) {
  let made = 0
  const options = { length: 50, temperatures: [1], perplexityBelow: Number.POSITIVE_INFINITY, uniform: seedUniform(1) }
  const { wallMs, cpuMs } = await measure(async () => {
    // As many are begun as are wanted twice.
    const sequences = sampleSequences(model, { ...options, countWanted: () => Math.min(texts - made, together) / 2 })
    for await (const _ of sequences) made++
  })
  const time = { wallMs: wallMs / made, cpuMs: cpuMs / made }
  return sumUpTimes(`a text of 50 tokens by the model, ${together} side by side`, [time])
}

const traps = await makeTraps(Number(values.traps))
const presence = await measure(() => measurePresence([reader], traps))
const neighbours = await measure(() => findNeighbours([reader], traps, { replaced }))
const rows = [
  sumUpTimes(`presence of ${traps.length} traps`, [presence]),
  sumUpTimes(`near copies of ${traps.length} traps, ${replaced} tokens replaced`, [neighbours]),
]
await reader.close()
if (values.model) {
  const model = await openGgufModel(values.model)
  rows.push(await measureSampling(model, 1, 4), await measureSampling(model, 16, 32))
}

const isOf = (kind) => (row) => row.trap.startsWith(kind)
const result = {
  ...describeIndexRun(values.index, reader),
  traps: traps.length,
  model: values.model ? basename(dirname(values.model)) : null,
  incompleteNeighbours: neighbours.result.filter(({ isComplete }) => !isComplete).length,
  missed: {
    verbatim: presence.result.filter(isOf('verbatim')).filter(({ found }) => found === 0).length,
    near: neighbours.result.filter(isOf('near')).filter((row) => row.neighbours.length === 0).length,
  },
  rows,
}
printTimes(rows)
process.stdout.write(`missed: ${JSON.stringify(result.missed)}; incomplete: ${result.incompleteNeighbours}\n`)
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
if (result.missed.verbatim + result.missed.near > 0) process.exitCode = 1
