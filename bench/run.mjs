/**
 * How do size, build, count, locate, extract and cold pages compare with the peers, on the same text, in one run?
 *
 *   npm run bench -- --corpus FILE.jsonl [--json OUT] [--queries 1000] [--seed 12345] [--cache DIR] [--skip-peers]
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAnchor, compileAnchor, countAnchorPages, queryAnchor } from './anchor.mjs'
import { writeCorpusText } from './corpus-text.mjs'
import { describeMachine } from './machine.mjs'
import { buildOurs, buildOursAllIn, compileOurs, countOurPages, queryOurs } from './ours.mjs'
import { formatTable } from './report.mjs'
import { measureRipgrep } from './ripgrep.mjs'
import { makeWorkload } from './workload.mjs'

const usage =
  'usage: npm run bench -- --corpus FILE.jsonl [--json OUT] [--queries N] [--seed N] [--cache DIR] [--skip-peers]\n'

function readOptions() {
  const { values } = parseArgs({
    options: {
      'corpus': { type: 'string' },
      'json': { type: 'string' },
      'queries': { type: 'string', default: '1000' },
      'seed': { type: 'string', default: '12345' },
      'cache': { type: 'string', default: '.omnigram/bench' },
      'skip-peers': { type: 'boolean', default: false },
    },
  })
  if (!values.corpus) {
    process.stderr.write(usage)
    process.exit(2)
  }
  return values
}

function say(text) {
  process.stderr.write(`bench: ${text}\n`)
}

/** Every answer of ours beside the peer's, and of our ways among themselves: a fast wrong number is no result. */
function compareAnswers({ queries, portable, plain, textStore }, peer) {
  const key = ({ kind, length }) => `${kind === 'batch' ? 'count' : kind} ${length}`
  const sums = new Map((peer ?? queries).map((group) => [key(group), group.sum]))
  const groups = [...queries, ...portable, ...plain, ...textStore.queries]
  return [...new Set(groups.filter((group) => sums.has(key(group)) && sums.get(key(group)) !== group.sum).map(key))]
}

/** All that is measured of ours; the peer is not running meanwhile. */
async function measureOurs(corpus, paths) {
  const binary = compileOurs()
  say('building ours: one core, from text to a shard')
  const build = await buildOurs(binary, paths.text, paths.shard)
  say('measuring ours')
  const queries = await queryOurs(binary, paths.shard, paths.workload)
  say('measuring ours without BMI2 and AVX2')
  const portable = await queryOurs(binary, paths.shard, paths.workload, { instructions: 'ssse3' })
  say('measuring ours with plain instructions')
  const plain = await queryOurs(binary, paths.shard, paths.workload, { instructions: 'plain' })
  say('counting the pages of a cold count')
  const pages = await countOurPages(binary, paths.shard, paths.workload)
  say('building and measuring ours with the text store')
  const storedBuild = await buildOurs(binary, paths.text, paths.storedShard, { textStore: true })
  const textStore = { build: storedBuild, queries: await queryOurs(binary, paths.storedShard, paths.workload) }
  const allIn = {}
  for (const profile of ['default', 'small', 'fast']) {
    say(`building ours all in: from JSON lines to a published index, profile ${profile}`)
    rmSync(paths.index, { recursive: true, force: true })
    allIn[profile] = await buildOursAllIn(corpus, paths.index, profile)
  }
  return { build, queries, portable, plain, pages, textStore, allIn }
}

async function measureAnchor(cacheDir, paths) {
  const binary = compileAnchor(cacheDir)
  if (!binary) return undefined
  say('building the sdsl peer')
  const build = await buildAnchor(binary, paths.text, paths.anchor, paths.scratch)
  say('measuring the sdsl peer')
  const queries = await queryAnchor(binary, paths.anchor, paths.workload)
  return { build, queries, pages: await countAnchorPages(binary, paths.anchor, paths.workload) }
}

async function main() {
  const options = readOptions()
  const corpus = resolve(options.corpus)
  const cache = join(resolve(options.cache), basename(corpus, '.jsonl'))
  mkdirSync(cache, { recursive: true })
  const paths = {
    text: join(cache, 'text'),
    workload: join(cache, 'workload'),
    anchor: join(cache, 'anchor.sdsl'),
    shard: join(cache, 'ours.fm'),
    storedShard: join(cache, 'ours-text-store.fm'),
    index: join(cache, 'index'),
    scratch: join(cache, 'scratch'),
  }
  say('writing the text and the workload')
  const text = await writeCorpusText(corpus, paths.text)
  const workload = makeWorkload(readFileSync(paths.text), {
    seed: Number(options.seed),
    queries: Number(options.queries),
  })
  writeFileSync(paths.workload, workload)

  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    corpus: { name: basename(corpus), jsonlBytes: statSync(corpus).size, ...text },
    ours: await measureOurs(corpus, paths),
  }
  if (!options['skip-peers']) {
    result.anchor = await measureAnchor(resolve(options.cache), paths)
    say('measuring ripgrep')
    const patterns = workload
      .split('\n')
      .filter((line) => line.startsWith('count 20 '))
      .slice(0, 20)
      .map((line) => Buffer.from(line.split(' ')[2], 'hex').toString('utf8'))
      .filter((pattern) => !pattern.includes('\n') && !pattern.includes('\ufffd'))
    result.ripgrep = await measureRipgrep(corpus, patterns)
  }
  result.disagreements = compareAnswers(result.ours, result.anchor?.queries)
  process.stdout.write(formatTable(result))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
}

await main()
