/** Does every verb answer in the forms that are promised? */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CliIndex, cliTexts, makeCliIndex } from '../support/cli-index.js'
import { cliLack, runCli } from '../support/run-cli.js'

let index: CliIndex

beforeAll(async () => {
  if (cliLack === null) index = await makeCliIndex()
})
afterAll(() => index?.remove())
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

/** The rows of a run that must succeed. */
async function ask(...args: string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stderr, rows } = await runCli([...args, '--json', '--quiet'])
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return rows()
}

describe('trace', () => {
  it('trace DIR FILE --all answers spans in bytes with their counts; without it whole words', async () => {
    const path = join(index.dir, 'pasted.txt')
    const text = `zz ${cliTexts[0]?.slice(3, 40)} 9`
    await writeFile(path, text)
    const [{ spans }] = await ask('trace', index.indexDir, path, '--all')
    for (const { start, end, count } of spans as { start: number; end: number; count: number }[]) {
      const pattern = Buffer.from(text).subarray(start, end).toString()
      expect(await ask('count', index.indexDir, pattern)).toMatchObject([{ count }])
    }
    const [shown] = await ask('trace', index.indexDir, path, '--documents-per-span', '1')
    expect(shown).toMatchObject({ coverage: expect.any(Number), symbols: Buffer.byteLength(text) })
    expect(shown.spans).toHaveLength(1)
  })
})

describe('build and append', () => {
  it('build FILE… -o DIR --shard-size --memory reports what was indexed, also to a file', async () => {
    const [indexDir, report] = [join(index.dir, 'two'), join(index.dir, 'report.json')]
    const second = join(index.dir, 'sea-2.jsonl')
    await copyFile(index.inputPath, second)
    const args = ['build', index.inputPath, second, '-o', indexDir]
    const [row] = await ask(...args, '--shard-size', '2M', '--memory', '1G', '--report', report)
    expect(row).toMatchObject({ documents: 10, shards: 1, files: 2, skipped: {}, generation: '000001' })
    expect(row.textBytes).toBe(2 * Buffer.byteLength(cliTexts.join('')))
    expect(JSON.parse(await readFile(report, 'utf8'))).toEqual(row)
    expect(await ask('count', indexDir, 'whale')).toEqual([{ pattern: 'whale', count: 4 }])
  })

  it('append adds documents in a new generation, and gc removes the old one', async () => {
    const indexDir = join(index.dir, 'grown')
    await ask('build', index.inputPath, '-o', indexDir)
    await writeFile(join(index.dir, 'more.txt'), 'one more whale')
    const [row] = await ask('append', indexDir, join(index.dir, 'more.txt'))
    expect(row).toMatchObject({ documents: 1, shards: 1, generation: '000002' })
    expect(await ask('count', indexDir, 'whale')).toEqual([{ pattern: 'whale', count: 3 }])
    expect(await ask('gc', indexDir)).toMatchObject([{ removedFiles: 1 }])
    expect(await readdir(join(indexDir, 'generations'))).toEqual(['000002.json'])
  })

  it('reads standard input', async () => {
    const input = '{"text":"from a pipe"}\n'
    const { exitCode, rows } = await runCli(['build', '-', '-o', join(index.dir, 'piped'), '--json'], { input })
    expect(exitCode).toBe(0)
    expect(rows()).toMatchObject([{ documents: 1 }])
  })
})

describe('count', () => {
  it('prints one line a pattern', async () => {
    const patterns = ['whale', 'aa', '今', '🙂', 'absent', '']
    expect(await ask('count', index.indexDir, ...patterns)).toEqual(
      patterns.map((pattern, at) => ({
        pattern,
        count: [2, 3, 1, 2, 0, Buffer.byteLength(cliTexts.join(''))][at],
      })),
    )
  })

  it('says the number of documents when asked', async () => {
    const rows = await ask('count', index.indexDir, 'the', 'here', '--docs')
    expect(rows.map(({ documents }) => documents)).toEqual([
      { count: 1, exact: true, lowerBound: 1, interval: [1, 1] },
      { count: 1, exact: true, lowerBound: 1, interval: [1, 1] },
    ])
    expect(rows.map(({ count }) => count)).toEqual([3, 2])
  })

  it('takes JSON strings and plain lines from a file', async () => {
    const path = join(index.dir, 'patterns.txt')
    await writeFile(path, '\ufeff"nul\\u0000here"\nthe whale\n\n"\\t"\n"whale\\nand"')
    const expected = ['nul\u0000here', 'the whale', '\t', 'whale\nand'].map((pattern) => ({ pattern, count: 1 }))
    expect(await ask('count', index.indexDir, '--from-file', path)).toEqual(expected)
    const piped = await runCli(['count', index.indexDir, '--from-file', '-', '--json'], { input: await readFile(path) })
    expect(piped.rows()).toEqual(expected)
  })

  it('matches without case and with flexible space', async () => {
    expect(await ask('count', index.indexDir, 'CALL ME', 'GRÖSSER', '-i')).toMatchObject([{ count: 1 }, { count: 0 }])
    expect(await ask('count', index.indexDir, 'whale and', '-s')).toMatchObject([{ count: 1 }])
  })

  it('answers an absent pattern with 0 and exit code 0, or 1 where that is asked for', async () => {
    expect((await runCli(['count', index.indexDir, 'absent'])).exitCode).toBe(0)
    expect((await runCli(['count', index.indexDir, 'absent', '--fail-absent'])).exitCode).toBe(1)
    expect((await runCli(['count', index.indexDir, 'whale', '--fail-absent'])).exitCode).toBe(0)
  })

  it('asks for more patterns than one batch holds', async () => {
    const input = 'whale\n'.repeat(10_001)
    const { rows } = await runCli(['count', index.indexDir, '-f', '-', '--json'], { input })
    expect(rows()).toHaveLength(10_001)
    expect(rows().every(({ count }) => count === 2)).toBe(true)
  })
})

describe('search and doc', () => {
  it('search shows the matches with context, up to the limit', async () => {
    const rows = await ask('search', index.indexDir, 'whale', '--limit', '1', '-C', '4')
    expect(rows).toHaveLength(1)
    const both = await ask('search', index.indexDir, 'whale', '-C', '4')
    expect(both.map(({ startOffset }) => startOffset).sort()).toEqual([21, 4])
    const first = both.find(({ startOffset }) => startOffset === 4)
    expect(first).toMatchObject({ index: 'sea', document: 1, externalId: 'doc-1', facets: { source: 'book' } })
    expect(first).toMatchObject({ endOffset: 9, snippet: { text: 'the whale, th', matchStart: 4, matchEnd: 9 } })
    expect(first).toMatchObject({ metadata: { source: 'book' } })
  })

  it('search goes on where a page ended', async () => {
    const offsets = []
    for (const from of ['0', '1', '2']) {
      const rows = await ask('search', index.indexDir, 'aa', '-n', '1', '--from', from)
      offsets.push(...rows.map(({ startOffset }) => startOffset))
    }
    expect(offsets.sort()).toEqual([0, 1, 2])
  })

  it('search lists documents, by pattern and by several patterns', async () => {
    expect(await ask('search', index.indexDir, 'a', '--docs')).toHaveLength(4)
    expect(await ask('search', index.indexDir, 'aa', '--by', 'document')).toMatchObject([{ countInDocument: 3 }])
    const both = await ask('search', index.indexDir, 'a', '--any', 'sea', '--any', 'red', '--none', 'whale')
    expect(both.map(({ document }) => document)).toEqual([3])
  })

  it('search counts by facet', async () => {
    expect(await ask('search', index.indexDir, 'a', '--facet', 'source')).toMatchObject([
      { field: 'source', value: 'book', documents: 2 },
      { field: 'source', value: 'web', documents: 2 },
    ])
  })

  it('search takes a sample that its seed decides', async () => {
    const sample = () => ask('search', index.indexDir, 'e', '--sample', '3', '--seed', '7')
    expect(await sample()).toHaveLength(3)
    expect(await sample()).toEqual(await sample())
  })

  it('search -o writes the hits to a file and nothing to standard output', async () => {
    const path = join(index.dir, 'hits.jsonl')
    expect(await ask('search', index.indexDir, 'aa', '-o', path)).toEqual([])
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).startOffset).sort()).toEqual([0, 1, 2])
  })

  it('doc prints a document by number, by external id, and a part of it', async () => {
    for (const [at, text] of cliTexts.entries()) {
      expect((await runCli(['doc', index.indexDir, String(at), '--raw', '-q'])).stdout).toBe(`${text}\n`)
    }
    const [row] = await ask('doc', index.indexDir, '--id', 'doc-2')
    expect(row).toMatchObject({ document: 2, externalId: 'doc-2', text: cliTexts[2], startOffset: 0 })
    expect(row.endOffset).toBe(Buffer.byteLength(cliTexts[2]))
    const [part] = await ask('doc', index.indexDir, '2', '--start', '3', '--end', '13')
    // Cut at the edges of characters: byte 3 is inside ö.
    expect(part).toMatchObject({ startOffset: 4, text: 'ßer, 今' })
  })
})

describe('next', () => {
  it('says what follows, largest first, summing to the count', async () => {
    expect(await ask('next', index.indexDir, 'the ')).toEqual([
      {
        count: 3,
        next: expect.arrayContaining([
          { id: 0x77, text: 'w', count: 2 },
          { id: 0x73, text: 's', count: 1 },
        ]),
      },
    ])
    expect(await ask('next', index.indexDir, 'aaaa')).toEqual([{ count: 1, next: [{ end: true, count: 1 }] }])
    expect(await ask('next', index.indexDir, 'gr')).toMatchObject([{ next: [{ id: 0xf6, text: 'ö', count: 1 }] }])
  })

  it('goes byte by byte where asked', async () => {
    expect(await ask('next', index.indexDir, 'gr', '--unit', 'byte')).toEqual([
      { count: 1, next: [{ id: 0xc3, text: null, count: 1 }] },
    ])
    type Answer = { count: number; next: { count: number }[] }
    const [answer] = (await ask('next', index.indexDir, '', '--unit', 'byte')) as unknown as Answer[]
    expect(answer.count).toBe(Buffer.byteLength(cliTexts.join('')) + cliTexts.length)
    const counts = answer.next.map(({ count }) => count)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(answer.count)
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
  })
})

describe('inspect and verify', () => {
  it('inspect says documents, textBytes, indexBytes and ratio', async () => {
    const [row] = await ask('inspect', index.indexDir)
    expect(row).toMatchObject({ documents: 5, textBytes: Buffer.byteLength(cliTexts.join('')) })
    expect(row.ratio).toBe(Number(row.indexBytes) / Number(row.textBytes))
  })

  it.each([[], ['--deep']])('verify %s finds a built index intact', async (...flags: string[]) => {
    const [row] = await ask('verify', index.indexDir, ...flags)
    expect(row).toMatchObject({ generation: '000001', isDeep: flags.length > 0 })
    expect(row.shards).toBeGreaterThan(1)
  })
})

describe('help and completion', () => {
  it('help of each verb has two examples', async () => {
    const { stdout } = await runCli([])
    const verbs = [...stdout.matchAll(/^ {2}([a-z]+) .*[<[]/gm)]
      .map(([, verb]) => verb)
      .filter((verb) => verb !== 'help')
    expect(verbs).toEqual(expect.arrayContaining(['build', 'append', 'inspect', 'verify', 'count', 'search', 'doc']))
    expect(verbs).toEqual(expect.arrayContaining(['next', 'serve', 'bench', 'gc']))
    for (const verb of verbs) {
      const help = await runCli(['help', verb])
      expect(help.exitCode).toBe(0)
      expect(help.stdout).toMatch(/\nExamples:\n {2}\S.*\n {2}\S/)
      expect(help.stdout).toContain('--json')
    }
  })

  it.each(['bash', 'zsh', 'fish'])('the completion for %s names every verb', async (shell) => {
    const { exitCode, stdout } = await runCli(['completion', shell])
    expect(exitCode).toBe(0)
    for (const word of ['build', 'search', 'from-file', 'shard-size']) expect(stdout).toContain(word)
  })
})
