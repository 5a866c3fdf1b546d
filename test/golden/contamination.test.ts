/** Does the command line find in a real corpus exactly what a scan of it finds, item by item? */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { type ViewName, viewNames } from '../../src/contamination/views.js'
import {
  benchmarksLack,
  contaminatedCorpusLack,
  contaminatedCorpusPath,
  listBenchmarkPaths,
  oraclePath,
  type RealItem,
  readJsonLines,
  readRealItems,
  readTrueItems,
  readTrueTable,
  type TrueItem,
} from '../support/contaminated-corpus.js'
import { cliLack, runCliWell } from '../support/run-cli.js'

let folder: Awaited<ReturnType<typeof makeFolder>>

beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())

describe('20 benchmarks in a corpus of published packages', () => {
  beforeEach((context) => {
    const lack = cliLack ?? contaminatedCorpusLack
    if (lack !== null) context.skip(lack)
  })

  it('have the share and class of every item, and the table, that the oracle found', async () => {
    const [indexDir, itemsPath] = [join(folder.dir, 'pkgs'), join(folder.dir, 'items.jsonl')]
    await runCliWell(['build', contaminatedCorpusPath, '-o', indexDir, '--strict'])
    const flags = listBenchmarkPaths().flatMap((path) => ['--benchmark', path])
    const table = await runCliWell(['contamination', 'run', indexDir, ...flags, '--counts-only', '--items', itemsPath])
    const items = readJsonLines<Record<string, unknown>>(itemsPath)
    expect(
      items.map(({ id, windows, matched, eta, class: kind }) => ({ id, windows, hits: matched, eta, class: kind })),
    ).toEqual(readTrueItems())
    const trueTable = readTrueTable()
    expect(table).toHaveLength(trueTable.length)
    for (const [at, { mean_eta, dirty_rate, ...counts }] of trueTable.entries()) {
      expect(table[at]).toMatchObject({ ...counts, dirtyRate: dirty_rate })
      if (mean_eta !== null) expect(table[at].meanEta).toBeCloseTo(mean_eta, 12)
    }
  })
})

describe('50 items that a corpus holds re-wrapped, re-cased and cut', () => {
  let originals: RealItem[] = []
  const changes = {
    're-wrapped': (text: string) => text.replace(/\s+/g, (_, offset: number) => (offset % 3 === 0 ? '\r\n\t' : '\n')),
    're-cased': (text: string) =>
      text.replace(/[a-z]+/gi, (word) => (word.length % 2 === 0 ? word.toUpperCase() : word.toLowerCase())),
    'cut': (text: string) => text.slice(0, Math.ceil(text.length * 0.6)),
    'untouched': (text: string) => text,
  }
  type Change = keyof typeof changes
  const indexDirs = new Map<Change, string>()
  const corpora = new Map<Change, string>()
  let benchmarkPath: string

  beforeAll(async () => {
    if ((cliLack ?? benchmarksLack) !== null) return
    const long = (name: string) => readRealItems(name).filter(({ question }) => question.trim().length > 90)
    originals = [...long('gsm8k').slice(0, 20), ...long('humaneval').slice(0, 20), ...long('mmlu').slice(0, 10)]
    benchmarkPath = join(folder.dir, 'fifty.jsonl')
    const merged = originals.map((item) => ({ ...item, benchmark: 'fifty' }))
    await writeFile(benchmarkPath, merged.map((item) => `${JSON.stringify(item)}\n`).join(''))
    for (const change of Object.keys(changes) as Change[]) {
      const path = join(folder.dir, `${change}.jsonl`)
      const texts = originals.map(({ question }) => `Of old: ${changes[change](question)}\nso it was.`)
      await writeFile(path, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
      corpora.set(change, path)
      const indexDir = join(folder.dir, `${change}-index`)
      await runCliWell(['build', path, '-o', indexDir])
      indexDirs.set(change, indexDir)
    }
  })

  beforeEach((context) => {
    const lack = cliLack ?? benchmarksLack
    if (lack !== null) context.skip(lack)
  })

  /** The shares of all items, by view; each corpus is checked once. */
  async function checkCopies(change: Change): Promise<Record<ViewName, (number | null)[]>> {
    const itemsPath = join(folder.dir, `${change}-items.jsonl`)
    const flags = ['-b', benchmarkPath, '--view', 'all', '--counts-only', '--items', itemsPath]
    if (!existsSync(itemsPath)) await runCliWell(['contamination', 'run', indexDirs.get(change) ?? '', ...flags])
    const items = readJsonLines<{ views: { eta: number | null }[] }>(itemsPath)
    expect(items).toHaveLength(50)
    const shares = viewNames.map((view, at) => [view, items.map(({ views }) => views[at].eta)])
    return Object.fromEntries(shares)
  }

  it.each([
    ['re-wrapped', 'flexible-space'],
    ['re-cased', 'ignore-case'],
  ] as const)('%s: the view %s sees what it sees of an untouched copy', async (change, view) => {
    const [copies, untouched] = [await checkCopies(change), await checkCopies('untouched')]
    expect(copies[view]).toEqual(untouched[view])
    expect(copies[view]).toEqual(untouched.exact)
    expect(copies['ignore-case-flexible-space']).toEqual(untouched['ignore-case-flexible-space'])
    expect(copies.exact).not.toEqual(untouched.exact)
  })

  it.each(Object.keys(changes) as Change[])('%s: the exact view gives what the oracle gives', async (change) => {
    const outPath = join(folder.dir, `${change}-oracle.jsonl`)
    const corpus = corpora.get(change) ?? ''
    execFileSync('python3', [oraclePath, 'contam', corpus, '--bench', benchmarkPath, '--out', outPath], {
      stdio: 'ignore',
    })
    const expected = readJsonLines<TrueItem>(outPath).map(({ eta }) => eta)
    expect(expected.some((eta) => eta !== 1)).toBe(change !== 'untouched')
    const { exact, 'ignore-case': ignoreCase } = await checkCopies(change)
    expect(exact).toEqual(expected)
    expect(ignoreCase.every((eta, at) => (eta ?? 0) >= (exact[at] ?? 0))).toBe(true)
  })
})
