/** Do the verbs of contamination and evidence answer in the forms that are promised? */
import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { cliLack, runCli } from '../support/run-cli.js'

const questions = [
  'How many bricks did the mason lay on the wall of the garden before the rain began to fall in the late afternoon?',
  'Which bird sings in the poplar behind the school when the children have gone home and the yard is empty again?',
  'too short',
]

let folder: Awaited<ReturnType<typeof makeFolder>>
let paths: Record<'corpus' | 'benchmark' | 'index' | 'report' | 'items' | 'html' | 'evidence', string>

beforeAll(async () => {
  folder = await makeFolder()
  const names = ['corpus', 'benchmark', 'index', 'report', 'items', 'html', 'evidence']
  const extensions: Record<string, string> = {
    corpus: '.jsonl',
    benchmark: '.jsonl',
    report: '.json',
    items: '.jsonl',
    html: '.html',
  }
  paths = Object.fromEntries(
    names.map((name) => [name, join(folder.dir, name + (extensions[name] ?? ''))]),
  ) as typeof paths
  if (cliLack !== null) return
  const texts = [
    `Quiz. ${questions[0]} It was 512 bricks.`,
    `${questions[1].slice(0, 70)} and so on.`,
    'Nothing of it.',
  ]
  await writeFile(paths.corpus, texts.map((text, at) => `${JSON.stringify({ text, id: `d${at}` })}\n`).join(''))
  const items = questions.map((question, at) => ({
    id: `q/${at}`,
    question,
    answer: '512 bricks',
    benchmark: 'quiz',
    category: 'Math',
  }))
  await writeFile(paths.benchmark, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
  await runCli(['build', paths.corpus, '-o', paths.index, '--id-field', 'id'])
  const { exitCode, stderr } = await runCli(runArgs())
  expect([exitCode, stderr]).toEqual([0, ''])
})
afterAll(() => folder.remove())
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

function runArgs(): string[] {
  const files = ['-o', paths.report, '--items', paths.items, '--html', paths.html]
  const dates = ['--date', '2026-01-31', '--corpus-date', 'index=2026-01']
  return ['contamination', 'run', paths.index, '--benchmark', paths.benchmark, ...files, ...dates, '--quiet']
}

const readRows = async (path: string) =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('contamination run', () => {
  it('prints a line a benchmark, and writes a line an item', async () => {
    const { rows, exitCode } = await runCli(['contamination', 'run', paths.index, '-b', paths.benchmark, '--json'])
    expect(exitCode).toBe(0)
    expect(rows()).toMatchObject([
      {
        benchmark: 'quiz',
        index: 'index',
        items: 3,
        short: 1,
        clean: 0,
        suspicious: 1,
        dirty: 1,
        dirtyRate: 0.5,
        interval: [0.5, 0.5],
      },
    ])
    expect(await readRows(paths.items)).toMatchObject([
      {
        benchmark: 'quiz',
        id: 'q/0',
        windows: 14,
        matched: 14,
        eta: 1,
        class: 'dirty',
        evidence: { category: 1, answer: 'found' },
      },
      { benchmark: 'quiz', id: 'q/1', matched: 5, class: 'suspicious' },
      { benchmark: 'quiz', id: 'q/2', windows: 0, matched: 0, eta: null, class: 'short' },
    ])
  })

  it('shows bars to people, on standard output; the method on standard error', async () => {
    const { stdout, stderr } = await runCli([
      'contamination',
      'run',
      paths.index,
      '-b',
      paths.benchmark,
      '--date',
      '2026-01-31',
    ])
    expect(stdout).toMatch(
      /^index · generation 000001-[0-9a-f]{8}\nquiz +█{10}░{10} +50\.0 % +3 items: 1 dirty, 1 suspicious, 0 clean, 1 short\n$/,
    )
    expect(stderr).toMatch(
      /^windows of 50 characters at word starts, exact; suspicious from 20 %, dirty from 80 % of the windows; 2026-01-31\n$/,
    )
  })

  it('writes the same bytes again, without a path of the machine', async () => {
    const before = await Promise.all([paths.report, paths.html, paths.items].map((path) => readFile(path, 'utf8')))
    await runCli([...runArgs(), '--workers', '1'])
    const after = await Promise.all([paths.report, paths.html, paths.items].map((path) => readFile(path, 'utf8')))
    expect(after).toEqual(before)
    expect(after.join('')).not.toContain(folder.dir)
    const current = await readFile(join(paths.index, 'CURRENT'), 'utf8')
    expect(current.trim().split(' ')[1]).toBe(JSON.parse(after[0]).indexes[0].manifestSha256)
    expect(JSON.parse(after[0])).toMatchObject({
      date: '2026-01-31',
      indexes: [{ name: 'index', corpusDate: '2026-01' }],
    })
  })

  it('is a gate: exit code 1 above the rate, 0 at it', async () => {
    const run = ['contamination', 'run', paths.index, '-b', paths.benchmark, '--counts-only', '--fail-above']
    const above = await runCli([...run, '1%'])
    expect([above.exitCode, above.stderr]).toEqual([1, expect.stringContaining('quiz in index: 50.00 % is above 1 %')])
    expect((await runCli([...run, '0.5'])).exitCode).toBe(0)
    expect((await runCli(['contamination', 'report', paths.report, '--fail-above', '49%'])).exitCode).toBe(1)
  })

  it('shows all views where they are asked for', async () => {
    const { rows } = await runCli([
      'contamination',
      'run',
      paths.index,
      '-b',
      paths.benchmark,
      '--view',
      'all',
      '--json',
    ])
    const [{ view, views }] = rows() as unknown as [{ view: string; views: { view: string; dirty: number }[] }]
    expect(view).toBe('exact')
    expect(views.map(({ view, dirty }) => [view, dirty])).toEqual([
      ['exact', 1],
      ['ignore-case', 1],
      ['flexible-space', 1],
      ['ignore-case-flexible-space', 1],
    ])
  })

  it.each([
    [['contamination', 'run', 'INDEX'], 2, /Name at least one file/],
    [['contamination', 'run', 'INDEX', '-b', 'NOWHERE'], 3, /nowhere\.jsonl: does not exist/],
    [['contamination', 'run', 'NOWHERE', '-b', 'BENCHMARK'], 3, /There is nothing at/],
    [['contamination', 'run', 'http://127.0.0.1:1/x', '-b', 'BENCHMARK'], 2, /where the index is/],
    [['contamination', 'run', 'INDEX', '-b', 'BENCHMARK', '--view', 'nope'], 2, /no view "nope"/],
    [['contamination', 'run', 'INDEX', '-b', 'BENCHMARK', '--fail-above', '7'], 2, /not a share/],
    [['contamination', 'run', 'INDEX', '-b', 'BENCHMARK', '--sample', '0'], 2, /integer in 1/],
    [
      ['contamination', 'run', 'INDEX', '-b', 'BENCHMARK', '--field', 'prompt'],
      3,
      /benchmark\.jsonl:1: there is no field "prompt" but "id"/,
    ],
    [
      ['contamination', 'run', 'INDEX', '-b', 'BENCHMARK', '-b', 'BENCHMARK', '--name', 'x'],
      2,
      /--name is of one benchmark/,
    ],
    [
      ['contamination', 'run', 'INDEX', '-b', 'BENCHMARK', '--judge', 'http://127.0.0.1:1'],
      2,
      /--judge URL and --judge-model/,
    ],
    [['contamination', 'report', 'BENCHMARK'], 3, /not a contamination report/],
    [['contamination', 'clean', 'REPORT', '--drop'], 2, /Name the index/],
    [['evidence', 'verify', 'REPORT'], 3, /The evidence does not hold/],
    [['contamination'], 2, /Say which of these verbs/],
    [['contamination', 'rnu'], 2, /Did you mean run/],
  ])('%j ends with %i', async (args, exitCode, message) => {
    const known: Record<string, string> = {
      INDEX: paths.index,
      BENCHMARK: paths.benchmark,
      REPORT: paths.report,
      NOWHERE: join(folder.dir, 'nowhere.jsonl'),
    }
    const result = await runCli(args.map((arg) => known[arg] ?? arg))
    expect([result.exitCode, result.stdout]).toEqual([exitCode, expect.any(String)])
    expect(result.stderr).toMatch(message)
  })
})

describe('contamination report, compare and clean', () => {
  it('show the report as the run did', async () => {
    const again = await runCli(['contamination', 'report', paths.report, '--json'])
    const run = await runCli(['contamination', 'run', paths.index, '-b', paths.benchmark, '--json'])
    expect(again.rows()).toEqual(run.rows())
  })

  it('compare names what changed', async () => {
    const other = join(folder.dir, 'other.json')
    await runCli(['contamination', 'run', paths.index, '-b', paths.benchmark, '-o', other, '--dirty-from', '0.3'])
    const changed = join(folder.dir, 'changed.jsonl')
    const { rows } = await runCli(['contamination', 'compare', paths.report, other, '--items', changed, '--json'])
    expect(rows()).toMatchObject([
      { benchmark: 'quiz', difference: 0.5, sameMethod: false, sameIndex: true, changedItems: 1 },
    ])
    expect(await readRows(changed)).toMatchObject([{ id: 'q/1', before: 'suspicious', after: 'dirty' }])
    const text = await runCli(['contamination', 'compare', paths.report, other])
    expect(text.stdout).toBe('quiz in index: 50.0 % → 100.0 % (+50.0 points), 1 items changed their class\n')
    expect(text.stderr).toContain('another method')
  })

  it('clean leaves out dirty items, or lists what to drop or cut', async () => {
    const clean = await runCli(['contamination', 'clean', paths.report, '-b', paths.benchmark])
    expect(clean.rows().map(({ id }) => id)).toEqual(['q/1', 'q/2'])
    expect(clean.stderr).toContain('1 dirty items left out, 2 kept')
    const drop = await runCli(['contamination', 'clean', paths.report, paths.index, '--drop'])
    expect(drop.rows()).toEqual([
      { document: 0, externalId: 'd0', items: [{ benchmark: 'quiz', id: 'q/0', share: 1 }] },
    ])
    const cut = await runCli(['contamination', 'clean', paths.report, paths.index, '--cut'])
    const [{ document, spans }] = cut.rows() as unknown as [{ document: number; spans: [number, number][] }]
    const [{ text }] = await readRows(paths.corpus)
    expect([document, spans.length]).toEqual([0, 1])
    expect(questions[0].startsWith(text.slice(...spans[0]))).toBe(true)
  })
})

describe('evidence', () => {
  it('is made, signed and verified, and a changed one is rejected', async () => {
    const keys = ['secret.pem', 'known.pem'].map((name) => join(folder.dir, name))
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    await writeFile(keys[0], privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await writeFile(keys[1], publicKey.export({ type: 'spki', format: 'pem' }))
    const made = await runCli(['evidence', 'make', paths.report, paths.index, '-o', paths.evidence, '--sign', keys[0]])
    expect([made.exitCode, made.stderr]).toEqual([0, '2 items with 2 passages, checked, signed\n'])
    const verified = await runCli([
      'evidence',
      'verify',
      paths.evidence,
      paths.index,
      '--public-key',
      keys[1],
      '--json',
    ])
    expect(verified.rows()).toMatchObject([{ unchanged: true, signed: true, true: true, items: 2, spans: 2 }])
    const bundle = await readFile(paths.evidence, 'utf8')
    await writeFile(paths.evidence, bundle.replace('It was 512', 'It was 513'))
    const changed = await runCli(['evidence', 'verify', paths.evidence, paths.index])
    expect([changed.exitCode, changed.stdout]).toEqual([3, ''])
  })
})
