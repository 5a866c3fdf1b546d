/** Does a shard that was written long ago still open and answer? */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openShard, type Shard } from '#native'

const openFrozen = (name: string) =>
  openShard(fileURLToPath(new URL(`../../testdata/${name}.fm`, import.meta.url)), 'mmap')

const sentence = 'It is a truth universally acknowledged. '
const shortTexts = ['banana', 'bandana', '', 'naïve café\r\n', 'a\u0000b 日本語 '.repeat(300)]

/** What every frozen shard knows of its documents besides their symbols. */
function expectRecords(shard: Shard, documents: number, symbols: (document: number) => number): void {
  expect(shard.info()).toMatchObject({
    documents,
    facetFields: ['source'],
    hasExternalIds: true,
    saRate: 32,
    isaRate: 64,
  })
  for (let document = 0; document < documents; document++) {
    expect(shard.document(document)).toEqual({
      bytes: symbols(document),
      externalId: `doc-${document}`,
      metadata: document === 2 ? null : `{"n":${document}}`,
      facets: [document % 2 === 1 ? 'odd' : null],
    })
    expect(shard.findExternalId(`doc-${document}`)).toBe(document)
  }
}

describe.each([
  { format: '1.0', name: 'format-1.0', sentences: 200, hasTextStore: false },
  { format: '1.1', name: 'format-1.1', sentences: 8000, hasTextStore: true },
])('a shard of format $format', ({ format, name, sentences, hasTextStore }) => {
  const texts = [...shortTexts, sentence.repeat(sentences)]
  const textBytes = Buffer.byteLength(texts.join(''))

  it('opens, whole and with the answers of its texts', () => {
    const shard = openFrozen(name)
    shard.verify(true, 0)
    expect(shard.info()).toMatchObject({ format, textBytes, hasTextStore })
    const patterns = ['ana', 'ban', 'nan', 'ab', 'é', 'a\u0000b', '日本語', 'truth universally', '. ', 'Ban', '']
    const counts = shard.count(
      patterns.map((pattern) => Buffer.from(pattern)),
      0,
    )
    expect([...counts]).toEqual([3, 2, 1, 0, 1, 300, 300, sentences, sentences, 0, textBytes])
    expectRecords(shard, texts.length, (document) => Buffer.byteLength(texts[document]))
    for (const [document, text] of texts.entries()) {
      expect(shard.extract(document, 0, Buffer.byteLength(text), 0).toString()).toBe(text)
    }
  })
})

describe('a shard of tokens of format 1.1', () => {
  const documents = [[5, 6, 5, 6, 5], [5, 6, 7], [], Array.from({ length: 3_000 }, (_, at) => (at * at) % 97), [60_000]]
  const toSymbols = (ids: readonly number[]) => Buffer.from(Uint32Array.from(ids).buffer)
  const countNaively = (pattern: readonly number[]) =>
    documents.reduce(
      (sum, ids) => sum + ids.filter((_, at) => pattern.every((id, offset) => ids[at + offset] === id)).length,
      0,
    )

  it('opens, whole and with the answers of its documents', () => {
    const shard = openFrozen('tokens-1.1')
    shard.verify(true, 0)
    expect(shard.info()).toMatchObject({ format: '1.1', symbols: 'tokens', vocabulary: 65_536, symbolCount: 3_009 })
    const patterns = [[5, 6], [5, 6, 5], [60_000], [6, 7], [1], [4, 9, 16], [7, 5]]
    expect([...shard.count(patterns.map(toSymbols), 0)]).toEqual(patterns.map(countNaively))
    expectRecords(shard, documents.length, (document) => documents[document].length)
    for (const [document, ids] of documents.entries()) {
      expect(shard.extract(document, 0, ids.length, 0)).toEqual(toSymbols(ids))
    }
  })
})
