/** Does the command line build and ask indexes of tokens in the forms that are promised? */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startServer } from '../../src/api/server.js'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { makeNpy, packIds } from '../../src/corpus/testkit/id-arrays.js'
import { writeTokenizer } from '../../src/tokenizer/testkit/test-tokenizer.js'
import { cliLack, runCli } from '../support/run-cli.js'

const rows = [
  [1, 2, 3, 1, 2, 4],
  [1, 2, 3],
]
let folder: Awaited<ReturnType<typeof makeFolder>>
const at = (name: string) => join(folder.dir, name)

beforeAll(async () => {
  folder = await makeFolder()
  if (cliLack !== null) return
  await writeFile(at('ids.jsonl'), rows.map((ids, row) => `${JSON.stringify({ ids, id: `doc-${row}` })}\n`).join(''))
  await writeFile(at('text.jsonl'), '{"text":"the banana of the band"}\n')
  await writeTokenizer(at('tokenizer.json'))
  await ask('build', at('ids.jsonl'), '--ids-field', 'ids', '--id-field', 'id', '-o', at('numbers'))
  await ask('build', at('text.jsonl'), '--tokenizer', at('tokenizer.json'), '-o', at('words'))
})
afterAll(() => folder.remove())
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

/** The rows of a run that must succeed. */
async function ask(...args: string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stderr, rows: answer } = await runCli([...args, '--json', '--quiet'])
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return answer()
}

describe('next', () => {
  it('--ids answers count and entries that sum to it', async () => {
    expect(await ask('next', at('numbers'), '--ids', '1,2')).toEqual([
      {
        count: 3,
        next: [
          { id: 3, text: null, count: 2 },
          { id: 4, text: null, count: 1 },
        ],
      },
    ])
    expect(await ask('next', at('numbers'), '--ids', '2,3')).toEqual([
      {
        count: 2,
        next: [
          { id: 1, text: null, count: 1 },
          { end: true, count: 1 },
        ],
      },
    ])
    const [{ count, next }] = await ask('next', at('numbers'), '--top', '1')
    expect([count, next]).toEqual([11, [{ id: 1, text: null, count: 3 }]])
  })

  it('takes text where there is a tokenizer, and tells what tokens say', async () => {
    expect(await ask('next', at('words'), ' the')).toEqual([
      { count: 1, next: [{ id: expect.any(Number), text: ' ban', count: 1 }], ids: [259] },
    ])
    const { exitCode, stderr } = await runCli(['next', at('numbers'), 'the'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('without a tokenizer')])
  })
})

describe('count, search, doc and inspect', () => {
  it('count takes --ids more than once, and --ids-file', async () => {
    await writeFile(at('patterns.txt'), '[1, 2]\n\n2 3\n9,9\n')
    expect(
      await ask('count', at('numbers'), '--ids', '1,2,3', '--ids', '4', '--ids-file', at('patterns.txt'), '--docs'),
    ).toMatchObject([
      { ids: [1, 2, 3], count: 2, documents: { count: 2 } },
      { ids: [4], count: 1, documents: { count: 1 } },
      { ids: [1, 2], count: 3 },
      { ids: [2, 3], count: 2 },
      { ids: [9, 9], count: 0 },
    ])
    expect(await ask('count', at('words'), ' the')).toEqual([{ pattern: ' the', ids: [259], count: 1 }])
    const { exitCode, stderr } = await runCli(['count', at('numbers'), '--ids', '1,x'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('"x" is not a token id')])
  })

  it('search shows where ids stand', async () => {
    const found = await ask('search', at('numbers'), '--ids', '2,3', '-C', '1')
    expect(found).toMatchObject([{ snippet: { text: null } }, { snippet: { text: null } }])
    expect(found.map(({ externalId, startOffset }) => [externalId, startOffset]).sort()).toEqual([
      ['doc-0', 1],
      ['doc-1', 1],
    ])
    const { stdout } = await runCli(['search', at('numbers'), '--ids', '4', '-C', '2'])
    expect(stdout).toBe('doc-0:5: …1 2 4\n')
    const said = await runCli(['search', at('words'), ' of', '-C', '1'])
    expect(said.stdout).toMatch(/ of the/)
  })

  it('doc and inspect say what is there', async () => {
    expect(await ask('doc', at('numbers'), '--id', 'doc-1')).toMatchObject([{ tokens: 3, text: null, ids: rows[1] }])
    expect(await ask('doc', at('words'), '0')).toMatchObject([{ text: 'the banana of the band' }])
    expect((await runCli(['doc', at('numbers'), '1', '--start', '1'])).stdout).toBe('2 3 \n')
    expect(await ask('inspect', at('numbers'))).toMatchObject([{ symbols: 'tokens', symbolCount: 9 }])
    expect((await runCli(['inspect', at('words')])).stdout).toMatch(/vocabulary +268/)
    expect((await runCli(['verify', at('words'), '--deep'])).exitCode).toBe(0)
  })
})

describe('build and append', () => {
  it('read .npy and .bin as the same ids', async () => {
    await writeFile(
      at('flat.npy'),
      makeNpy(
        '<u2',
        [11],
        rows.flatMap((row) => [...row, 0]),
      ),
    )
    await writeFile(
      at('flat.bin'),
      packIds(
        'u16',
        rows.flatMap((row) => [...row, 0]),
      ),
    )
    await writeFile(at('bare.jsonl'), rows.map((ids) => `${JSON.stringify({ ids })}\n`).join(''))
    await ask('build', at('bare.jsonl'), '--ids-field', 'ids', '-o', at('bare'))
    await ask('build', at('flat.npy'), '--document-separator', '0', '-o', at('npy'))
    await ask('build', at('flat.bin'), '--ids-type', 'u16', '--document-separator', '0', '-o', at('bin'))
    const shards = await readdir(at('bare/shards'))
    expect([await readdir(at('npy/shards')), await readdir(at('bin/shards'))]).toEqual([shards, shards])
    await ask('append', at('npy'), at('flat.bin'), '--ids-type', 'u16')
    expect(await ask('count', at('npy'), '--ids', '1,2')).toMatchObject([{ count: 6 }])
  })

  it('append tokenises as the index does', async () => {
    await ask('build', at('text.jsonl'), '--tokenizer', at('tokenizer.json'), '-o', at('grown'))
    await ask('append', at('grown'), at('text.jsonl'))
    expect(await ask('count', at('grown'), ' the')).toMatchObject([{ count: 2 }])
  })

  it('say what is wrong with an array, by file and line', async () => {
    await writeFile(at('bad.jsonl'), '{"ids":[1]}\n{"ids":[1,-2]}\n')
    const { exitCode, stderr } = await runCli([
      'build',
      at('bad.jsonl'),
      '--ids-field',
      'ids',
      '--strict',
      '-o',
      at('bad'),
    ])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`${at('bad.jsonl')}:2 `)])
    const refused = await runCli(['build', at('text.jsonl'), '--vocabulary', '9', '-o', at('bad')])
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--vocabulary goes with')])
  })
})

it('asks a server the same', async () => {
  const server = await startServer({
    indexDirs: [at('numbers'), at('words')],
    host: '127.0.0.1',
    port: 0,
    isQuiet: true,
  })
  try {
    for (const args of [
      ['next', '--ids', '1,2'],
      ['count', '--ids', '1,2'],
      ['search', '--ids', '4'],
      ['doc', '1'],
    ]) {
      const [verb, ...rest] = args
      expect(await ask(verb, `${server.url}/numbers`, ...rest)).toEqual(await ask(verb, at('numbers'), ...rest))
    }
    for (const verb of ['next', 'count']) {
      expect(await ask(verb, `${server.url}/words`, ' the')).toEqual(await ask(verb, at('words'), ' the'))
    }
  } finally {
    await server.stop()
  }
})
