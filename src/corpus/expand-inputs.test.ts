import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveOptions } from './corpus-options.js'
import { expandInputs } from './expand-inputs.js'
import { ReadReport } from './read-report.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omnigram-expand-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(name: string, content = 'x'): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** Names relative to the folder, and problems as `kind name`. */
async function expand(inputs: readonly string[], options = {}) {
  const report = new ReadReport(false)
  const files = await expandInputs(inputs, resolveOptions(options), report)
  const shorten = (path: string) => path.replace(`${folder}/`, '')
  const { problems } = report.summarize()
  return {
    names: files.map(({ path }) => shorten(path)),
    files,
    problems: problems.map((p) => `${p.kind} ${shorten(p.path)}`),
  }
}

describe('expandInputs', () => {
  it('orders a folder by the bytes of the paths', async () => {
    for (const name of [
      'b.txt',
      'a/z.txt',
      'a.txt',
      'a-b.txt',
      'B.txt',
      'é.txt',
      '\u{1F600}.txt',
      '\uFF5E.txt',
      'a/b/c.txt',
    ])
      write(name)
    expect((await expand([folder])).names).toEqual([
      'B.txt',
      'a-b.txt',
      'a.txt',
      'a/b/c.txt',
      'a/z.txt',
      'b.txt',
      'é.txt',
      '\uFF5E.txt',
      '\u{1F600}.txt',
    ])
    expect((await expand([`${folder}/`])).names).toEqual((await expand([folder])).names)
  })

  it('gives the same order for any order of the inputs', async () => {
    const [a, b, c] = ['a.jsonl', 'b.jsonl', 'c.jsonl'].map((name) => write(name))
    expect((await expand([c, a, b])).names).toEqual(['a.jsonl', 'b.jsonl', 'c.jsonl'])
  })

  it('expands globs, which pass over hidden files', async () => {
    for (const name of ['a.jsonl', 'b.txt', '.c.jsonl', 'd/e.jsonl', 'd/f/g.jsonl']) write(name)
    expect((await expand([`${folder}/*.jsonl`])).names).toEqual(['a.jsonl'])
    expect((await expand([`${folder}/**/*.jsonl`])).names).toEqual(['a.jsonl', 'd/e.jsonl', 'd/f/g.jsonl'])
  })

  it('takes a file by its name even where the name looks like a glob', async () => {
    expect((await expand([write('a[1].txt')])).names).toEqual(['a[1].txt'])
  })

  it('reports what cannot be read and goes on', async () => {
    const good = write('good.txt')
    const empty = write('empty.txt', '')
    write('zip.zip')
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
    symlinkSync(join(folder, 'self'), join(folder, 'self'))
    const { names, problems } = await expand([folder, join(folder, 'missing'), `${folder}/*.none`])
    expect(names).toEqual(['good.txt'])
    expect(problems).toEqual([
      'unreadable-file missing',
      'unreadable-file *.none',
      'unreadable-file dangling',
      'empty-file empty.txt',
      'unreadable-file self',
      'unknown-format zip.zip',
    ])
    await expect(expandInputs([good, empty], resolveOptions({}), new ReadReport(true))).rejects.toMatchObject({
      code: 'bad-input',
      detail: `${empty} has no bytes`,
    })
  })

  it('follows links, but not in a circle', async () => {
    write('data/blob.txt')
    mkdirSync(join(folder, 'snapshot'))
    symlinkSync('../data/blob.txt', join(folder, 'snapshot/linked.txt'))
    symlinkSync('../data', join(folder, 'snapshot/folder'))
    symlinkSync('..', join(folder, 'snapshot/up'))
    const { names, problems } = await expand([join(folder, 'snapshot')])
    expect(names).toEqual(['snapshot/folder/blob.txt', 'snapshot/linked.txt', 'snapshot/up/data/blob.txt'])
    expect(problems).toEqual(['unreadable-file snapshot/up/snapshot'])
    expect((await expand([`${folder}/snapshot/**/*.txt`])).names).toContain('snapshot/linked.txt')
  })

  it('does not wait on a FIFO or a socket', async () => {
    write('good.txt')
    const fifo = join(folder, 'fifo.jsonl')
    execFileSync('mkfifo', [fifo])
    const server = createServer().listen(join(folder, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const { names, problems } = await expand([folder])
    expect(names).toEqual(['good.txt'])
    expect(problems).toEqual(['unreadable-file fifo.jsonl', 'unreadable-file socket'])
    expect((await expand([`${folder}/*`])).names).toEqual(['good.txt'])
    await new Promise((resolve) => server.close(resolve))
  })

  it('reports hidden files without failing in strict mode', async () => {
    write('.git/config')
    write('.hidden')
    write('a.txt')
    expect((await expand([folder])).problems).toEqual(['hidden-file .git', 'hidden-file .hidden'])
    await expect(expandInputs([folder], resolveOptions({}), new ReadReport(true))).resolves.toHaveLength(1)
  })

  it('reads a file once, however often it is named', async () => {
    const path = write('a.txt')
    const { names, problems } = await expand([path, folder, `${folder}/./a.txt`, `${folder}/*.txt`])
    expect(names).toHaveLength(1)
    expect(problems.filter((problem) => problem.startsWith('duplicate-file'))).toHaveLength(3)
  })

  it('reads standard input as JSON lines unless told otherwise', async () => {
    expect((await expand(['-'])).files).toEqual([
      { path: '-', sizeBytes: null, format: { records: 'jsonl', compression: 'none' } },
    ])
    expect((await expand(['-'], { format: 'wet.gz' })).files[0].format).toEqual({
      records: 'warc',
      compression: 'gzip',
    })
  })

  it('says so when there is nothing to read', async () => {
    await expect(expand([join(folder, 'missing.jsonl')])).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringMatching(/^Nothing to read in .*missing\.jsonl does not exist\.$/),
    })
    await expect(expand([folder])).rejects.toMatchObject({ code: 'bad-input' })
  })
})
