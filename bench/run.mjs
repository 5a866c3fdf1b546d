/**
 * How do size, build, count, locate and extract compare with the peers, on the same text, in one run?
 *
 *   npm run bench -- --corpus FILE.jsonl [--json OUT] [--queries 1000] [--seed 12345] [--cache DIR] [--skip-peers]
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAnchor, compileAnchor, queryAnchor } from './anchor.mjs'
import { writeCorpusText } from './corpus-text.mjs'
import { describeMachine } from './machine.mjs'
import { buildOurs, buildOursAllIn, compileOurs, queryOurs } from './ours.mjs'
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

/** Every answer of ours beside the peer's: a fast wrong number is no result. */
function compareAnswers(ours, anchor) {
  const key = ({ kind, length }) => `${kind} ${length}`
  const sums = new Map(anchor.map((group) => [key(group), group.sum]))
  return ours.filter((group) => sums.has(key(group)) && sums.get(key(group)) !== group.sum).map(key)
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

  say('building ours')
  const binary = compileOurs()
  const result = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    corpus: { name: basename(corpus), jsonlBytes: statSync(corpus).size, ...text },
    ours: { build: await buildOurs(binary, paths.text, paths.shard) },
  }
  say('measuring ours')
  result.ours.queries = await queryOurs(binary, paths.shard, paths.workload)
  say('building ours all in: from JSON lines to a published index')
  rmSync(paths.index, { recursive: true, force: true })
  result.ours.allIn = await buildOursAllIn(corpus, paths.index)

  if (!options['skip-peers']) {
    const anchor = compileAnchor(resolve(options.cache))
    if (anchor) {
      say('building the sdsl peer')
      const build = await buildAnchor(anchor, paths.text, paths.anchor, paths.scratch)
      say('measuring the sdsl peer')
      result.anchor = { build, queries: await queryAnchor(anchor, paths.anchor, paths.workload) }
      result.disagreements = compareAnswers(result.ours.queries, result.anchor.queries)
    }
    say('measuring ripgrep')
    const patterns = workload
      .split('\n')
      .filter((line) => line.startsWith('count 20 '))
      .slice(0, 20)
      .map((line) => Buffer.from(line.split(' ')[2], 'hex').toString('utf8'))
      .filter((pattern) => !pattern.includes('\n') && !pattern.includes('\ufffd'))
    result.ripgrep = await measureRipgrep(corpus, patterns)
  }
  process.stdout.write(formatTable(result))
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
}

await main()
