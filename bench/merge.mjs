/**
 * How long does it take to merge shards, beside sorting their whole text at once, and within which memory?
 *
 *   node bench/merge.mjs --corpus FILE.jsonl [--shards 8] [--json OUT] [--cache DIR]
 */
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { writeCorpusText } from './corpus-text.mjs'
import { describeMachine } from './machine.mjs'
import { buildOurs, compileOurs } from './ours.mjs'
import { runJsonLines } from './process.mjs'

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    shards: { type: 'string', default: '8' },
    json: { type: 'string' },
    cache: { type: 'string', default: '.omnigram/bench' },
  },
})
if (!values.corpus) {
  process.stderr.write('usage: node bench/merge.mjs --corpus FILE.jsonl [--shards N] [--json OUT] [--cache DIR]\n')
  process.exit(2)
}

function say(text) {
  process.stderr.write(`bench: ${text}\n`)
}

/** Cuts the text at borders of documents into files of about the same size. */
async function cutText(textPath, count, pathOf) {
  const partBytes = statSync(textPath).size / count
  let [part, written, out] = [0, 0, createWriteStream(pathOf(0))]
  for await (const chunk of createReadStream(textPath, { highWaterMark: 1 << 20 })) {
    let start = 0
    const border = written >= partBytes * (part + 1) && part + 1 < count ? chunk.indexOf(0xff) : -1
    if (border >= 0) {
      out.write(chunk.subarray(0, border))
      out.end()
      await finished(out)
      out = createWriteStream(pathOf(++part))
      start = border
    }
    written += chunk.length
    if (!out.write(chunk.subarray(start))) await new Promise((done) => out.once('drain', done))
  }
  out.end()
  await finished(out)
  return part + 1
}

const binary = compileOurs()
const folder = join(values.cache, `merge-${process.pid}`)
mkdirSync(folder, { recursive: true })
try {
  const textPath = join(folder, 'text')
  const pathOf = (part) => join(folder, `part-${part}`)
  const { documents, textBytes } = await writeCorpusText(values.corpus, textPath)
  const count = await cutText(textPath, Number(values.shards), pathOf)
  say(`${count} shards of ${(textBytes / 1e6).toFixed(0)} MB`)
  const direct = await buildOurs(binary, textPath, join(folder, 'direct.fm'))
  const inputs = Array.from({ length: count }, (_, part) => `${pathOf(part)}.fm`)
  for (const [part, path] of inputs.entries()) await buildOurs(binary, pathOf(part), path)
  const merges = []
  // All that sorting at once needs, and half of that.
  for (const memoryBytes of [direct.peakBytes, Math.floor(direct.peakBytes / 2)]) {
    for (const threads of [1, 2]) {
      say(`merging with ${threads} threads in ${(memoryBytes / 2 ** 20).toFixed(0)} MiB`)
      const merged = join(folder, 'merged.fm')
      const args = ['merge', merged, String(memoryBytes), String(threads), ...inputs]
      const [result] = await runJsonLines(binary, args)
      const isSame = result.checksum === direct.checksum
      if (!isSame) throw new Error('the merged shard is not the one that was built at once')
      merges.push({ threads, memoryBytes, ...result, isSame, ratio: result.seconds / direct.seconds })
    }
  }
  const record = {
    corpus: { name: basename(values.corpus), documents, textBytes },
    shards: count,
    direct,
    merges,
    machine: describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(record, null, 2)}\n`)
  if (values.json) writeFileSync(resolve(values.json), `${JSON.stringify(record, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
