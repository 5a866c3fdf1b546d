/** Does a shard that was written long ago still open and answer? */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openShard } from '#native'

const texts = [
  'banana',
  'bandana',
  '',
  'naïve café\r\n',
  'a\u0000b 日本語 '.repeat(300),
  'It is a truth universally acknowledged. '.repeat(200),
]

const path = fileURLToPath(new URL('../../testdata/format-1.0.fm', import.meta.url))

it('opens a shard of format 1.0, whole and with the answers of its texts', () => {
  const shard = openShard(path, 'mmap')
  shard.verify(true, 0)
  expect(shard.info()).toMatchObject({
    format: '1.0',
    documents: texts.length,
    textBytes: Buffer.byteLength(texts.join('')),
    facetFields: ['source'],
    hasExternalIds: true,
    saRate: 32,
    isaRate: 64,
  })
  const patterns = ['ana', 'ban', 'nan', 'ab', 'é', 'a\u0000b', '日本語', 'truth universally', '. ', 'Ban', '']
  const counts = shard.count(
    patterns.map((pattern) => Buffer.from(pattern)),
    0,
  )
  expect([...counts]).toEqual([3, 2, 1, 0, 1, 300, 300, 200, 200, 0, Buffer.byteLength(texts.join(''))])
  for (const [document, text] of texts.entries()) {
    const bytes = Buffer.byteLength(text)
    expect(shard.extract(document, 0, bytes, 0).toString()).toBe(text)
    expect(shard.document(document)).toEqual({
      bytes,
      externalId: `doc-${document}`,
      metadata: document === 2 ? null : `{"n":${document}}`,
      facets: [document % 2 === 1 ? 'odd' : null],
    })
    expect(shard.findExternalId(`doc-${document}`)).toBe(document)
  }
})
