/** Where are the corpus that holds benchmark items, the benchmarks, and the answers of the oracle? */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sharedData = join(root, '../shared/data')
const benchmarkDir = join(sharedData, 'benchmarks')

export const oraclePath = join(sharedData, 'oracle.py')
export const contaminatedCorpusPath = join(
  process.env.OMNIGRAM_CORPORA ?? join(root, '.omnigram/corpora'),
  'pkgs.jsonl',
)

/** Why the tests on real benchmarks cannot run; null where they can. */
export const benchmarksLack = existsSync(benchmarkDir) ? null : 'the benchmarks lie not beside the checkout'
export const contaminatedCorpusLack =
  benchmarksLack ??
  (existsSync(contaminatedCorpusPath)
    ? null
    : `${contaminatedCorpusPath} is not there: node scripts/setup-test-tools.mjs makes it, or OMNIGRAM_CORPORA names its folder`)

export interface TrueItem {
  readonly id: string
  readonly windows: number
  readonly hits: number
  readonly eta: number | null
  readonly class: string
}

export interface TrueRow {
  readonly benchmark: string
  readonly items: number
  readonly short: number
  readonly clean: number
  readonly suspicious: number
  readonly dirty: number
  readonly dirty_rate: number | null
  readonly mean_eta: number | null
}

export interface RealItem {
  readonly id: string
  readonly question: string
  readonly benchmark: string
}

export function listBenchmarkPaths(): string[] {
  return readdirSync(benchmarkDir)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(benchmarkDir, name))
}

export function readRealItems(benchmark: string): RealItem[] {
  return readJsonLines<RealItem>(join(benchmarkDir, `${benchmark}.jsonl`))
}

export function readTrueItems(): TrueItem[] {
  return readJsonLines<TrueItem>(join(sharedData, 'realcontam/truth_items.jsonl'))
}

export function readTrueTable(): TrueRow[] {
  return readJsonLines<TrueRow>(join(sharedData, 'realcontam/truth.jsonl'))
}

export function readJsonLines<Row>(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}
