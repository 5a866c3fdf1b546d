import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openIndex } from '../query/open-index.js'
import { makeTestFolder } from '../query/testkit/build-test-index.js'
import { buildInPage } from './build-in-page.js'
import { openInPage } from './open-in-page.js'
import { wasmLack } from './testkit/wasm-lack.js'

describe.skipIf(wasmLack)('a shard built in a page', () => {
  it('is one that the server opens, with the same counts and documents', async () => {
    const folder = await makeTestFolder()
    const path = join(folder.path, 'page.fm')
    const inputs = [
      'banana bandana',
      { text: 'déjà vu, 世界', externalId: 'two', metadata: { source: 'web', n: 2 } },
      new File(['a file of text, banana'], 'notes.txt'),
      new File(['{"text":"one","lang":"en"}\n\n{"text":"banana"}'], 'lines.jsonl'),
      { text: new Uint8Array([0x61, 0xff, 0x62]) },
    ]
    const built = await buildInPage(inputs)
    expect(built).toMatchObject({ documents: 6, replacedDocuments: 1 })
    await writeFile(path, built.bytes)
    const [server, page] = [await openIndex(path, { workers: 0 }), await openInPage(built.bytes)]
    const patterns = ['banana', 'ana', '世', 'a\ufffdb', 'one', 'absent']
    const counts = (await server.count(patterns)).map(({ count }) => count)
    expect(counts).toEqual([3, 7, 1, 1, 1, 0])
    expect((await page.reader.count(patterns)).map(({ count }) => count)).toEqual(counts)
    for (let document = 0; document < 6; document++) {
      const [onServer, inPage] = [await server.document(document), await page.reader.document(document)]
      expect({ ...inPage, index: '' }).toEqual({ ...onServer, index: '' })
    }
    expect(await server.findExternalId('two')).toBe(1)
    expect((await server.document(3)).metadata).toBe('{"lang":"en"}')
    await server.close()
    await folder.remove()
  })

  it('tells what can not be indexed', async () => {
    await expect(buildInPage([])).rejects.toMatchObject({ code: 'bad-input' })
    await expect(buildInPage([new File(['a\0b'], 'x.bin')])).rejects.toThrow(/x\.bin is binary/)
    await expect(buildInPage([new File(['{"text":1}'], 'x.jsonl')])).rejects.toThrow(/x\.jsonl:1/)
    await expect(buildInPage([new File(['{'], 'x.jsonl')])).rejects.toThrow(/x\.jsonl:1 is not JSON/)
    const signal = AbortSignal.abort()
    await expect(buildInPage(['text'], { signal })).rejects.toMatchObject({ code: 'cancelled' })
  })
})
