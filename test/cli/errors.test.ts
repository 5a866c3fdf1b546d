/** Does each failure say what, where and what to do, and end with the code of its kind? */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CliIndex, makeCliIndex } from '../support/cli-index.js'
import { cliLack, runCli } from '../support/run-cli.js'

let index: CliIndex

beforeAll(async () => {
  if (cliLack !== null) return
  index = await makeCliIndex()
  await writeFile(join(index.dir, 'broken.jsonl'), '{"text":"fine"}\n{"text":\n')
  await writeFile(join(index.dir, 'wrong.txt'), '"whale"\n"open\n')
  await writeFile(join(index.dir, 'latin.txt'), Buffer.from('whale\ngr\xf6\xdfer\n', 'latin1'))
  await mkdir(join(index.dir, 'empty'))
  await damageCopy()
})
afterAll(() => index?.remove())
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

/** `damaged`: the same index with one byte of one shard changed; `cut`: with a shard cut short. */
async function damageCopy(): Promise<void> {
  for (const name of ['damaged', 'cut']) {
    const copy = join(index.dir, name)
    await cp(index.indexDir, copy, { recursive: true })
    const path = join(copy, 'shards', (await readdir(join(copy, 'shards')))[0])
    const bytes = await readFile(path)
    bytes[bytes.length >> 1] ^= 1
    await writeFile(path, name === 'cut' ? bytes.subarray(0, 100) : bytes)
  }
}

/** Arguments in the folder of the index, the exit code, and what must be said of it. */
const failures: readonly [args: string[], exitCode: number, ...said: string[]][] = [
  [['cuont', 'sea', 'a'], 2, 'cuont', 'Did you mean count?'],
  [['help', 'cuont'], 2, 'cuont', 'Did you mean count?'],
  [['count', 'sea', 'a', '--jsno'], 2, '--jsno', 'Did you mean --json?'],
  [['count'], 2, "missing required argument 'index'"],
  [['count', 'sea'], 2, 'at least one pattern'],
  [['search', 'sea'], 2, 'Give a pattern'],
  [['search', 'sea', 'a', '--limit', 'many'], 2, '--limit', 'many'],
  [['search', 'sea', 'a', '--sample', '2', '--from', '1'], 2, 'one page'],
  [['search', 'sea', 'a', '--by', 'page'], 2, '--by', 'occurrence, document'],
  [['search', 'sea', 'a', '--facet', 'colour'], 2, 'colour'],
  [['build', 'sea.jsonl', '-o', 'new', '--shard-size', '3Q'], 2, '--shard-size', '3Q', '8GiB'],
  [['build', 'sea.jsonl'], 2, '-o DIR'],
  [['build', 'sea.jsonl', '-o', 'sea'], 2, 'sea', 'append'],
  [['serve', 'sea', '--port', '65536'], 2, '--port', '65535'],
  [['completion', 'tcsh'], 2, 'tcsh', 'bash, zsh, fish'],
  [['doc', 'sea', 'first'], 2, 'first'],
  [['doc', 'sea'], 2, '--id'],
  [['doc', 'sea', '0', '--start', '9', '--end', '3'], 2, '9..3'],
  [['verify', 'http://127.0.0.1:9/sea'], 2, 'folder or a shard file'],
  [['count', 'http://', 'a'], 2, 'http://host:port/NAME'],
  [['count', 'sea', '-f', 'wrong.txt'], 2, 'wrong.txt:2', 'JSON'],
  [['count', 'sea', '-f', 'latin.txt'], 2, 'latin.txt:2', 'UTF-8'],
  [['count', 'sea', 'x'.repeat(70_000)], 2, '65536'],
  [['doc', 'sea', '99'], 3, '99', '5 documents'],
  [['doc', 'sea', '--id', 'nobody'], 3, 'nobody'],
  [['count', 'nowhere', 'a'], 3, 'nowhere', 'omnigram build'],
  [['count', 'empty', 'a'], 3, 'empty', 'omnigram build'],
  [['inspect', 'nowhere'], 3, 'nowhere'],
  [['append', 'nowhere', 'sea.jsonl'], 3, 'nowhere'],
  [['serve', 'nowhere', '--port', '0'], 3, 'nowhere'],
  [['build', 'nothing.jsonl', '-o', 'new'], 3, 'nothing.jsonl'],
  [['build', 'broken.jsonl', '-o', 'new', '--strict'], 3, 'broken.jsonl:2', '--strict'],
  [['verify', 'damaged'], 4, '.fm'],
  [['verify', 'damaged', '--deep', '--json'], 4, '.fm'],
  [['verify', 'cut'], 4, '.fm'],
  [['count', 'cut', 'a'], 4, '.fm', '100 bytes'],
  [['inspect', 'cut'], 4, '.fm'],
  [['count', 'sea.jsonl', 'a'], 4, 'sea.jsonl', 'not a shard'],
  [['count', 'sea', '-f', 'nothing.txt'], 5, 'nothing.txt', 'no such file'],
  [['search', 'sea', 'a', '-o', 'nowhere/hits'], 5, 'nowhere/hits', 'no such file'],
  [['build', 'sea.jsonl', '-o', 'new', '--report', 'nowhere/report'], 5, 'nowhere/report'],
  [['build', 'sea.jsonl', '-o', 'new', '--memory', '1M'], 5, '--memory'],
  [['count', 'http://127.0.0.1:9/sea', 'a'], 5, '127.0.0.1:9'],
]

describe('a failure', () => {
  it.each(failures)('%j ends with %i', async (args, exitCode, ...said) => {
    const result = await runCli(args, { cwd: index.dir })
    expect(result).toMatchObject({ exitCode, stdout: '' })
    for (const text of said) expect(result.stderr).toContain(text)
    // What went wrong, then what to do: never a stack.
    expect(result.stderr).toMatch(/^omnigram: \S.*\n {2}\S.*\n$/ms)
    expect(result.stderr).not.toMatch(/\n {4}at |node:internal/)
  })

  it.each(['cuont', 'count'])('of %s is one line of JSON where that is asked for', async (verb) => {
    const { stderr, exitCode } = await runCli([verb, 'nowhere', 'a', '--json-errors'], { cwd: index.dir })
    const { error } = JSON.parse(stderr)
    expect(exitCode).toBe(verb === 'count' ? 3 : 2)
    expect(error).toMatchObject({ code: verb === 'count' ? 'unknown-index' : 'bad-argument', retryable: false })
    for (const field of ['title', 'detail', 'hint']) expect(error[field]).toMatch(/\S/)
  })

  it('shows control characters of names instead of obeying them', async () => {
    const { stderr } = await runCli(['count', '\u001b[31mred', 'a'], { cwd: index.dir })
    expect(stderr).toContain('␛[31mred')
    expect(stderr).not.toContain('\u001b')
  })

  it('is a line of the report where the build goes on', async () => {
    const args = ['build', 'broken.jsonl', '-o', 'lenient']
    const { exitCode, stdout } = await runCli(args, { cwd: index.dir })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('broken.jsonl:2')
    expect(stdout).toMatch(/skipped +1 ×/)
  })
})
