import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wasmLack } from '../../browser/testkit/wasm-lack.js'
import { buildTestIndex, makeTestFolder } from '../../query/testkit/build-test-index.js'
import { version } from '../version.js'
import { copyIndex, planIndexCopy } from './copy-index.js'
import { exportSite } from './export-site.js'

describe.skipIf(wasmLack)('a static site', () => {
  let folder: Awaited<ReturnType<typeof makeTestFolder>>
  const at = (name: string) => join(folder.path, name)
  const options = () => ({
    indexPaths: [at('books')],
    outputDir: at('site'),
    reportPaths: [],
    stateDir: null,
    program: version,
  })
  beforeAll(async () => {
    folder = await makeTestFolder()
    await buildTestIndex(at('books'), { documents: [{ text: 'banana' }, { text: 'bandana' }], shardCount: 2 })
  })
  afterAll(() => folder.remove())

  it('holds the live generation, pages with relative addresses and a file that says what it is', async () => {
    const report = await exportSite(options())
    expect(report).toMatchObject({ indexes: [{ name: 'books', documents: 2 }], reports: 0 })
    const names = await readdir(at('site'))
    expect(names.sort()).toEqual(
      ['assets', 'bulletin.html', 'icon.svg', 'index.html', 'indexes', 'reports', 'static.json', 'theme.js'].sort(),
    )
    const page = await readFile(at('site/index.html'), 'utf8')
    expect(page).toContain('<meta name="omnigram-static" content="static.json">')
    expect(page).not.toMatch(/(src|href)="\//)
    expect(await readFile(at('site/indexes/books/CURRENT'), 'utf8')).toBe(await readFile(at('books/CURRENT'), 'utf8'))
    expect(await readdir(at('site/indexes/books/shards'))).toHaveLength(2)
    expect((await readdir(folder.path)).sort()).toEqual(['books', 'site'])
  })

  it('takes the place of an earlier one, and of nothing else', async () => {
    await writeFile(at('site/left-over'), '')
    await exportSite(options())
    expect(await readdir(at('site'))).not.toContain('left-over')
    await mkdir(at('mine'))
    await exportSite({ ...options(), outputDir: at('mine') })
    await mkdir(at('letters'))
    await writeFile(at('letters/letter.txt'), 'dear')
    await expect(exportSite({ ...options(), outputDir: at('letters') })).rejects.toMatchObject({ code: 'bad-argument' })
    expect(await readdir(at('letters'))).toEqual(['letter.txt'])
  })

  it('is refused for what pages do not read', async () => {
    await buildTestIndex(at('hiding'), { documents: [{ text: 'a' }, { text: 'b' }], hidden: [1] })
    const hiding = exportSite({ ...options(), indexPaths: [at('hiding')] })
    await expect(hiding).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringContaining('hides') })
    const absent = exportSite({ ...options(), indexPaths: [at('absent')] })
    await expect(absent).rejects.toMatchObject({ code: 'unknown-index' })
    const twice = exportSite({ ...options(), indexPaths: [at('books'), at('books')] })
    await expect(twice).rejects.toMatchObject({ code: 'bad-argument' })
    const stateless = exportSite({ ...options(), stateDir: at('no-state') })
    await expect(stateless).rejects.toMatchObject({ code: 'io-failure', message: expect.stringContaining('no-state') })
    const signal = AbortSignal.abort()
    await expect(exportSite({ ...options(), signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect((await readdir(folder.path)).filter((name) => name.includes('.tmp'))).toEqual([])
  })

  it('compares a shard on its own with its checksums after it was copied, whatever its size', async () => {
    const [shard] = await readdir(at('books/shards'))
    await copyFile(join(at('books/shards'), shard), at('lone.fm'))
    const plan = await planIndexCopy(at('lone.fm'))
    const bytes = await readFile(at('lone.fm'))
    bytes[bytes.length >> 1] ^= 1
    await writeFile(at('lone.fm'), bytes)
    const copied = copyIndex(plan, at('lone-site'), undefined, () => {})
    await expect(copied).rejects.toMatchObject({ code: 'damaged-index' })
  })
})
