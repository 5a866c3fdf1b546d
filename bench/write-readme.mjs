/**
 * What does the README say was measured? Writes the tables of `bench/record`, each between its two marks: of the index, of drafting, of a
 * cluster, of the browser module, and of what is built on the index.
 *
 *   node bench/write-readme.mjs
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatDrafting } from './drafting/report.mjs'
import { formatFeatures } from './feature-report.mjs'
import { formatMarkdown } from './report.mjs'
import { formatWasm } from './wasm-report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `text` with what stands between the marks replaced. Throws when a mark is missing. */
export function replaceMeasured(text, table, name = 'measured') {
  const [begin, end] = [`<!-- ${name}: begin -->\n`, `<!-- ${name}: end -->\n`]
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)]
  if (start < 0 || stop < start) throw new Error(`README.md has no ${begin.trim()} … ${end.trim()}`)
  return `${text.slice(0, start + begin.length)}\n${table}\n${text.slice(stop)}`
}

const describePlace = ({ processor, cores, node }, date) =>
  `${processor}, ${cores} cores, Node ${node}, ${date.slice(0, 10)}.`

/** Writes the README's tables of the runs that were recorded. */
export function writeReadme() {
  const readme = `${root}README.md`
  let text = replaceMeasured(readFileSync(readme, 'utf8'), describeIndex())
  const drafting = `${root}bench/record/drafting.json`
  if (existsSync(drafting)) text = replaceMeasured(text, describeDrafting(drafting), 'drafting')
  const cluster = `${root}bench/record/cluster.json`
  if (existsSync(cluster)) text = replaceMeasured(text, describeCluster(cluster), 'cluster')
  const wasm = `${root}bench/record/wasm.json`
  if (existsSync(wasm)) text = replaceMeasured(text, describeWasm(wasm), 'wasm')
  const features = readFeatures()
  if (Object.keys(features).length > 0) text = replaceMeasured(text, describeFeatures(features), 'features')
  writeFileSync(readme, text)
}

function readFeatures() {
  const paths = ['contamination', 'traps', 'trace', 'repetition']
    .map((name) => [name, `${root}bench/record/${name}.json`])
    .filter(([, path]) => existsSync(path))
  return Object.fromEntries(paths.map(([name, path]) => [name, JSON.parse(readFileSync(path, 'utf8'))]))
}

function describeFeatures(features) {
  const places = Object.values(features).map(({ machine, date }) => describePlace(machine, date))
  const loads = Object.values(features).map(({ load }) => load)
  const isBusy = Object.values(features).some(({ load, machine }) => load > machine.cores + 1)
  const load = `The machine's load: ${loads.map((each) => each.toFixed(1)).join(', ')}${
    isBusy ? ', by other work: alone, times are nearer to those of the CPU' : ''
  }.`
  return `${[...new Set(places)].join(' ')} ${load}\n\n${formatFeatures(features)}`
}

function describeDrafting(path) {
  const result = JSON.parse(readFileSync(path, 'utf8'))
  const { machine, date, model, corpus, prompts, seed } = result
  const place = [
    `${model}; ${corpus.name}: ${(corpus.textBytes / 1e6).toFixed(0)} MB in ${corpus.documents} documents.`,
    `${prompts.each} prompts a set, drawn with seed ${seed}, ${prompts.tokens} tokens each. ${describePlace(machine, date)}`,
  ].join(' ')
  return `${place}\n\n${formatDrafting(result)}`
}

function describeCluster(path) {
  const { machine, date, load, corpus, topology, builds, local, router, late } = JSON.parse(readFileSync(path, 'utf8'))
  const [one, many] = builds
  const percent = (share) => `${(100 * share).toFixed(1)} %`
  const rows = [
    ['build by 1 worker, CPU', `${one.cpuSeconds.toFixed(1)} s`],
    [
      `build by ${many.workers} workers on the same cores, CPU`,
      `${many.cpuSeconds.toFixed(1)} s (${percent(many.cpuSeconds / one.cpuSeconds - 1)} more)`,
    ],
    ['count in the same process, p50', `${local.p50Ms.toFixed(2)} ms`],
    ['count through a router, p50 / p99', `${router.p50Ms.toFixed(2)} / ${router.p99Ms.toFixed(1)} ms`],
    [
      `the same, ${percent(late.share)} of the replies ${late.delayMs} ms late, p50 / p99`,
      `${late.p50Ms.toFixed(2)} / ${late.p99Ms.toFixed(1)} ms, ${percent(late.extraRequestShare)} more requests`,
    ],
  ]
  const { shards, servers, replicas } = topology
  const place = [
    `${corpus.name}: ${(corpus.bytes / 1e6).toFixed(0)} MB; ${shards} shards, each on ${replicas} of ${servers} shard servers,`,
    `all on one machine, whose load beside it was ${load.toFixed(1)}. ${describePlace(machine, date)}`,
  ].join(' ')
  return `${place}\n\n| | |\n| --- | ---: |\n${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}\n`
}

function describeWasm(path) {
  const result = JSON.parse(readFileSync(path, 'utf8'))
  const { machine, date, load, browser, corpus } = result
  const place = [
    `${corpus.name}: ${(corpus.textBytes / 1e6).toFixed(1)} MB in ${corpus.documents} documents. ${browser}.`,
    `${describePlace(machine, date)} The machine's load: ${load.toFixed(1)}.`,
  ].join(' ')
  return `${place}\n\n${formatWasm(result)}`
}

function describeIndex() {
  const paths = ['prose', 'code'].map((name) => `${root}bench/record/${name}.json`).filter((path) => existsSync(path))
  const results = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')))
  const [{ machine, date }] = results
  const corpora = results.map(
    ({ corpus }) => `${corpus.name}: ${(corpus.textBytes / 1e6).toFixed(0)} MB in ${corpus.documents} documents`,
  )
  return `${corpora.join('; ')}. ${describePlace(machine, date)}\n\n${formatMarkdown(results)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeReadme()
