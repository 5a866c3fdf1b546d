/**
 * How long does it take to trace a text: one that stands in the index word for word, one of pieces, one of its words alone?
 *
 *   node bench/trace.mjs --index DIR [--characters N] [--rounds N] [--json OUT]
 *
 * As on the page, with up to ten documents a span. Each text is traced once. CPU time is of all threads.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { openIndex } from '../dist/query/open-index.js'
import { traceText } from '../dist/query/tracing/trace-text.js'
import { IndexedText } from './indexed-text.mjs'
import { describeIndexRun } from './machine.mjs'
import { measure, printTimes, sumUpTimes } from './measure.mjs'

const { values } = parseArgs({
  options: {
    index: { type: 'string' },
    characters: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '50' },
    json: { type: 'string' },
  },
})
if (!values.index) {
  process.stderr.write('usage: node bench/trace.mjs --index DIR [--characters N] [--rounds N] [--json OUT]\n')
  process.exit(2)
}
const [characters, rounds] = [Number(values.characters), Number(values.rounds)]
const reader = await openIndex(values.index, { workers: availableParallelism() })
const text = new IndexedText(reader, 11)

async function joinPieces() {
  let joined = ''
  while (joined.length < characters) joined += `${(await text.readPiece(90)).trim()} `
  return joined.slice(0, characters)
}

const kinds = {
  'verbatim': () => text.readPiece(characters),
  'pieces of 90 characters': joinPieces,
  'shuffled words': async () => {
    const words = (await text.readPiece(characters)).split(' ')
    for (let at = words.length - 1; at > 0; at--) {
      const other = Math.floor(text.uniform() * (at + 1))
      ;[words[at], words[other]] = [words[other], words[at]]
    }
    return words.join(' ')
  },
}
const rows = []
for (const [name, make] of Object.entries(kinds)) {
  await traceText(reader, await make())
  for (const [way, options] of Object.entries({ shown: {}, all: { isAll: true } })) {
    const times = []
    for (let round = 0; round < rounds; round++) {
      const made = await make()
      times.push(await measure(() => traceText(reader, made, options)))
    }
    rows.push(sumUpTimes(`${name}, ${way === 'all' ? 'every span' : 'with documents'}`, times))
  }
}
await reader.close()

const result = {
  ...describeIndexRun(values.index, reader),
  characters,
  rows,
}
printTimes(rows)
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
