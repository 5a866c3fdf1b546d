/** Does the command line report repetition and cut it out, from files to files? */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { cliLack, runCli } from '../support/run-cli.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
const at = (name: string) => join(folder.dir, name)

beforeAll(async () => {
  folder = await makeFolder()
  if (cliLack !== null) return
  const texts = ['eabcdfgh.efabcdgh', 'nothing', 'eabcdfgh.efabcdgh']
  const lines = texts.map((text, id) => JSON.stringify({ id: `d${id}`, source: id < 2 ? 'web' : 'books', text }))
  await writeFile(at('corpus.jsonl'), lines.map((line) => `${line}\n`).join(''))
  const fields = ['--id-field', 'id', '--facet-fields', 'source', '--shard-size', '20']
  const built = await runCli(['build', at('corpus.jsonl'), '-o', at('index'), ...fields])
  if (built.exitCode !== 0) throw new Error(built.stderr)
  const ids = ['[1,2,3,4,9]', '[5,1,2,3,4]'].map((list) => `{"ids":${list}}\n`)
  await writeFile(at('ids.jsonl'), ids.join(''))
  const tokens = await runCli([
    'build',
    at('ids.jsonl'),
    '-o',
    at('tokens'),
    '--ids-field',
    'ids',
    '--shard-size',
    '20',
  ])
  if (tokens.exitCode !== 0) throw new Error(tokens.stderr)
})
afterAll(() => folder.remove())

describe.skipIf(cliLack !== null)('omnigram repetition', () => {
  it('reports as JSON what occurs more than once over all shards', async () => {
    const { exitCode, rows, stderr } = await runCli(['repetition', at('index'), '--length', '17', '--json'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(rows()).toMatchObject([
      {
        ...{ symbols: 'bytes', length: 17, documents: 3, symbolCount: 41, grams: 2, distinctGrams: 1, isExact: true },
        exact: {
          repeatedSymbols: 34,
          removableSymbols: 17,
          longest: [{ length: 17, count: 2, text: 'eabcdfgh.efabcdgh' }],
          duplicates: { groups: 1, redundantDocuments: 1 },
        },
      },
    ])
  })

  it('writes a table with sources, and an estimate', async () => {
    const table = await runCli(['repetition', at('index'), '--length', '4', '--by', 'source', '--epochs', 'books=2'])
    expect(table.exitCode).toBe(0)
    for (const part of ['strings of 4 bytes', 'effective epochs', 'books', 'longest', 'eabcdfgh.efabcdgh']) {
      expect(table.stdout).toContain(part)
    }
    const sample = await runCli(['repetition', at('index'), '--length', '4', '--sample', '8', '--seed', '1'])
    expect(sample.stdout).toMatch(/occurring twice or more +[\d.]+ % \[[\d.]+–[\d.]+\]/)
    expect(sample.stderr).toContain('an estimate from 8 places')
  })

  it.each([
    { flags: [], left: ['', 'nothing', ''] },
    { flags: ['--keep-first'], left: ['eabcdfgh.ef' + 'gh', 'nothing', ''] },
  ])('cuts the spans of $flags out of the corpus', async ({ flags, left }) => {
    const spans = at('spans.jsonl')
    const found = await runCli(['repetition', at('index'), '--length', '4', '--spans', spans, '--json', ...flags])
    expect(found.exitCode).toBe(0)
    expect(found.stderr).toMatch(/spans: \d+ bytes of \d documents/)
    const cut = ['cut', spans, at('corpus.jsonl'), '--id-field', 'id']
    const written = await runCli([...cut, '-o', at('cut.jsonl'), '--json'])
    expect(written.rows()).toMatchObject([{ documents: 3, skipped: {} }])
    const lines = (await readFile(at('cut.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      left.map((text, id) => ({ id: `d${id}`, source: id < 2 ? 'web' : 'books', text })),
    )
    const dropped = await runCli([...cut, '--drop-empty'])
    expect(dropped.rows()).toHaveLength(left.filter((text) => text !== '').length)
  })

  it('counts tokens in an index of tokens', async () => {
    const spans = at('token-spans.jsonl')
    const { rows } = await runCli(['repetition', at('tokens'), '--length', '4', '--spans', spans, '--json'])
    expect(rows()).toMatchObject([{ symbols: 'tokens', grams: 4, distinctGrams: 3, exact: { repeatedSymbols: 8 } }])
    const cut = await runCli(['cut', spans, at('ids.jsonl'), '--ids-field', 'ids'])
    expect(cut.rows()).toEqual([{ ids: [9] }, { ids: [5] }])
    const fifty = await runCli(['repetition', at('tokens'), '--json'])
    expect(fifty.rows()).toMatchObject([{ length: 50, grams: 0 }])
  })

  it.each([
    [['--length', '0'], 2],
    [['--length=-4'], 2],
    [['--length', '1000000000'], 2],
    [['--keep-first'], 2],
    [['--by', 'tongue'], 2],
    [['--epochs', 'web=many'], 2],
    [['--epochs', 'web=2'], 2],
    [['--sample', '5', '--spans', 'spans-of-no-sample.jsonl'], 2],
  ])('refuses %j with its error', async (flags, code) => {
    const { exitCode, stderr } = await runCli(['repetition', at('index'), ...flags, '--json-errors'])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: code, stderr: expect.stringContaining('"error"') })
  })

  it('says that spans are of another corpus', async () => {
    await writeFile(at('other.jsonl'), '{"document":0,"externalId":"d0","length":9,"spans":[[0,4]]}\n')
    const { exitCode, stderr } = await runCli(['cut', at('other.jsonl'), at('corpus.jsonl')])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('has 17 symbols where the spans are of one with 9')
    const missing = await runCli(['cut', at('absent.jsonl'), at('corpus.jsonl')])
    expect(missing.stderr).toContain('absent.jsonl')
  })
})
