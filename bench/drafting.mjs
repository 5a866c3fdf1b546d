/**
 * What does an index of tokens save a language model? Speculative decoding with each drafter beside plain greedy decoding, superposed
 * drafts, and the steps of the index by themselves, in one run.
 *
 *   node bench/drafting.mjs --index DIR --corpus FILE.jsonl --code FILE.jsonl --model FILE.gguf --tokenizer tokenizer.json
 *     [--json OUT] [--seed 12345] [--prompts 10] [--tokens 64] [--only index,http,superposed,speculative]
 *
 * With --only the other parts of OUT stay as they are, so that each can have its quiet minutes.
 * The index is of that corpus and tokenizer. Questions are read from ../shared/data/benchmarks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { IndexNgrams } from '../dist/drafting/index-ngrams.js'
import { openGgufModel } from '../dist/models/gguf-model.js'
import { openIndex } from '../dist/query/open-index.js'
import { TextTokenizer } from '../dist/tokenizer/text-tokenizer.js'
import { measureDrafts, measureFilter, measureGrowing } from './drafting/index-steps.mjs'
import { measureOverHttp } from './drafting/over-http.mjs'
import { drawPrompts } from './drafting/prompts.mjs'
import { formatDrafting } from './drafting/report.mjs'
import { measureSpeculative } from './drafting/speculative.mjs'
import { measureSuperposed } from './drafting/superposed.mjs'
import { describeMachine } from './machine.mjs'
import { makeRandom } from './workload.mjs'

const usage =
  'usage: node bench/drafting.mjs --index DIR --corpus FILE --code FILE --model FILE --tokenizer FILE [--json OUT]\n'
const benchmarksDir = fileURLToPath(new URL('../../shared/data/benchmarks', import.meta.url))
const contextTokens = 100
/** Contexts that are continued by superposed drafts. */
const superposedPrompts = 40

function readOptions() {
  const { values } = parseArgs({
    options: {
      index: { type: 'string' },
      corpus: { type: 'string' },
      code: { type: 'string' },
      model: { type: 'string' },
      tokenizer: { type: 'string' },
      json: { type: 'string' },
      seed: { type: 'string', default: '12345' },
      prompts: { type: 'string', default: '10' },
      tokens: { type: 'string', default: '64' },
      only: { type: 'string' },
    },
  })
  if (['index', 'corpus', 'code', 'model', 'tokenizer'].some((name) => !values[name])) {
    process.stderr.write(usage)
    process.exit(2)
  }
  if (!existsSync(benchmarksDir)) {
    process.stderr.write(`bench: the open questions are read from ${benchmarksDir}, which is not there\n`)
    process.exit(2)
  }
  return values
}

/** What a part of a run leaves of the record before it. */
function readEarlier({ only, json }) {
  return only && json && existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {}
}

/** Windows of the indexed documents themselves, drawn by a seed. */
async function drawContexts(reader, count, random) {
  const contexts = []
  const { documents } = reader.manifest.statistics
  while (contexts.length < count) {
    // Few documents are too large to be read at once.
    const { tokens = [] } = await reader.document(Math.floor(random() * documents)).catch(() => ({}))
    if (tokens.length < contextTokens) continue
    const start = Math.floor(random() * (tokens.length - contextTokens + 1))
    contexts.push(Uint32Array.from(tokens.slice(start, start + contextTokens)))
  }
  return contexts
}

async function main() {
  const options = readOptions()
  const say = (text) => process.stderr.write(`bench: ${text}\n`)
  const isWanted = (part) => options.only === undefined || options.only.split(',').includes(part)
  const [seed, count, maxTokens] = [Number(options.seed), Number(options.prompts), Number(options.tokens)]
  const tokenizer = new TextTokenizer(readFileSync(options.tokenizer), options.tokenizer)
  const reader = await openIndex(options.index, { workers: 0 })
  const index = await IndexNgrams.open(reader)
  const model = await openGgufModel(options.model)
  const { symbolCount, documents, textBytes } = reader.manifest.statistics
  const fileBytes = reader.manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0)
  const result = {
    ...readEarlier(options),
    date: new Date().toISOString(),
    machine: describeMachine(),
    seed,
    model: 'SmolLM2-135M-Instruct, Q4_1',
    corpus: { name: basename(options.corpus), documents, textBytes, tokens: symbolCount },
    index: { fileBytes, bytesPerToken: fileBytes / symbolCount },
  }
  // After each part, so that nothing is lost when a later one fails.
  const keep = () => options.json && writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
  const noteLoad = (part) => {
    result.load = { ...result.load, [part]: loadavg()[0] }
  }
  const contexts = await drawContexts(reader, 100, makeRandom(seed))
  if (isWanted('index')) {
    say('measuring the steps of the index')
    noteLoad('index')
    // Once to compile and to bring the pages in.
    await measureFilter({ index, contexts, steps: 12 })
    result.filter = await measureFilter({ index, contexts, steps: 12 })
    await measureDrafts({ index, contexts, steps: 10 })
    result.drafts = await measureDrafts({ index, contexts, steps: 10 })
    result.growing = await measureGrowing({ index, contexts })
    keep()
  }
  if (isWanted('http')) {
    say('measuring the same over HTTP')
    noteLoad('http')
    result.http = await measureOverHttp({ indexDir: options.index, index, contexts: contexts.slice(0, 50), steps: 12 })
  }
  if (isWanted('superposed')) {
    noteLoad('superposed')
    const chosen = contexts.slice(0, superposedPrompts)
    result.superposed = await measureSuperposed({ model, index, contexts: chosen, maxTokens: 10, seed, say })
    keep()
  }
  if (isWanted('speculative')) {
    say('drawing prompts')
    noteLoad('speculative')
    const paths = { corpusPath: options.corpus, codePath: options.code, benchmarksDir }
    const sets = await drawPrompts({ ...paths, tokenizer, seed, count })
    result.prompts = { sets: sets.map(({ name }) => name), each: count, tokens: maxTokens }
    result.speculative = await measureSpeculative({ model, index, sets, maxTokens, say })
  }
  await reader.close()
  keep()
  process.stdout.write(formatDrafting(result))
}

await main()
