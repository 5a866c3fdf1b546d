import { describe, expect, it } from 'vitest'
import { readBytes } from '../../test/support/read-corpus.js'
import { limits } from '../core/limits.js'

describe('readJsonl', () => {
  it('keeps text, order and place', async () => {
    const { documents, texts } = await readBytes('{"text":"a"}\n\n  \t\r\n{"text":""}\r\n{"text":"é\\n\\u0000"}')
    expect(texts).toEqual(['a', '', 'é\n\0'])
    expect(documents.map(({ source }) => source)).toEqual([1, 4, 5].map((line) => ({ path: '-', line })))
    expect(documents.map(({ metadata }) => metadata)).toEqual([null, null, null])
  })

  it('keeps metadata as it was spelled', async () => {
    const line = String.raw`{ "id" : 12345678901234567890, "text":"x", "n":1.50E+2, "s":"\u00e9\/é", "o": {"b":[1, 2],"a":-0} }`
    const { documents } = await readBytes(line)
    expect(documents[0].metadata).toBe(
      String.raw`{"id":12345678901234567890,"n":1.50E+2,"s":"\u00e9\/é","o":{"b":[1, 2],"a":-0}}`,
    )
  })

  it('takes the last of duplicate fields, as JSON.parse does', async () => {
    const { documents, texts } = await readBytes(String.raw`{"a":1,"text":"no","b":2,"\u0061":3,"text":"yes"}`)
    expect(texts).toEqual(['yes'])
    expect(documents[0].metadata).toBe(String.raw`{"\u0061":3,"b":2}`)
  })

  it('chooses fields', async () => {
    const line = '{"body":"x","key":"k\\n1","lang":"de","score":1.0,"ok":true,"none":null,"text":"t"}'
    const { documents } = await readBytes(line, {
      textField: 'body',
      idField: 'key',
      metaFields: ['score', 'key', 'absent'],
      facetFields: ['lang', 'score', 'ok', 'none', 'absent'],
    })
    expect(documents[0]).toEqual({
      text: Buffer.from('x'),
      externalId: 'k\n1',
      metadata: '{"key":"k\\n1","score":1.0}',
      facets: ['de', '1.0', 'true', null, null],
      source: { path: '-', line: 1 },
    })
    const bare = await readBytes(line, { metaFields: [], idField: 'score' })
    expect(bare.documents[0]).toMatchObject({ metadata: null, externalId: '1.0', facets: [] })
  })

  it('looks no field up in prototypes', async () => {
    const { documents, summary } = await readBytes('{"toString":1}\n{"constructor":"c","__proto__":"p"}', {
      textField: 'constructor',
      idField: '__proto__',
    })
    expect(summary.skipped).toEqual({ 'missing-text': 1 })
    expect(documents).toEqual([expect.objectContaining({ text: Buffer.from('c'), externalId: 'p' })])
  })

  it.each([
    ['not json', 'malformed-line', /is not JSON/],
    ['{"text":"a"', 'malformed-line', /is not JSON/],
    ['{"text":"a\tb"}', 'malformed-line', /is not JSON/],
    ['{"text":NaN}', 'malformed-line', /is not JSON/],
    ['\uFEFF{"text":"a"}', 'malformed-line', /byte order mark/],
    ['["text"]', 'malformed-line', /not an object/],
    ['"text"', 'malformed-line', /not an object/],
    ['null', 'malformed-line', /not an object/],
    ['{"texts":"a"}', 'missing-text', /no field "text"/],
    ['{"text":null}', 'wrong-type', /is null, not a string/],
    ['{"text":["a"]}', 'wrong-type', /is an array/],
    ['{"text":5}', 'wrong-type', /of type number/],
    ['{"text":"a","id":{}}', 'wrong-type', /id field "id"/],
    ['{"text":"a","id":true}', 'wrong-type', /id field "id"/],
    ['{"text":"a","facet":[1]}', 'wrong-type', /facet field "facet"/],
    [`{"text":"a","x":${'['.repeat(600)}${']'.repeat(600)}}`, 'too-complex', /nests deeper than 512/],
  ])('reports %j as %s and goes on', async (line, kind, detail) => {
    const options = { idField: 'id', facetFields: ['facet'] }
    const { texts, summary } = await readBytes(`{"text":"before"}\n${line}\n{"text":"after"}\n`, options)
    expect(texts).toEqual(['before', 'after'])
    expect(summary.problems).toEqual([{ kind, path: '-', line: 2, detail: expect.stringMatching(detail) }])
    expect(summary.skipped).toEqual({ [kind]: 1 })
    await expect(readBytes(`{"text":"before"}\n${line}`, { ...options, strict: true })).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringMatching(/^-:2 /),
    })
  })

  it('counts all problems and lists the first 20', async () => {
    const { summary } = await readBytes('x\n'.repeat(50))
    expect(summary.skipped).toEqual({ 'malformed-line': 50 })
    expect(summary.problems.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  describe('input that is not Unicode', () => {
    const lines = Buffer.concat([
      Buffer.from('{"text":"good"}\n{"text":"a'),
      Buffer.from([0xff, 0xe2, 0x82]),
      Buffer.from('b\\ud800","m":"'),
      Buffer.from([0xc3]),
      Buffer.from('","e":"\\udc00"}\n'),
    ])

    it('is replaced and counted', async () => {
      const { texts, documents, summary } = await readBytes(lines)
      expect(texts).toEqual(['good', 'a\uFFFD\uFFFDb\uFFFD'])
      expect(documents[1].metadata).toBe('{"m":"\uFFFD","e":"\\udc00"}')
      expect(summary.replacedCharacters).toBe(4)
      expect(summary.skipped).toEqual({})
    })

    it('is skipped and reported', async () => {
      const { texts, summary } = await readBytes(lines, { invalidUtf8: 'skip' })
      expect(texts).toEqual(['good'])
      expect(summary.replacedCharacters).toBe(0)
      expect(summary.problems).toEqual([
        { kind: 'invalid-utf8', path: '-', line: 2, detail: '4 parts are not valid UTF-8' },
      ])
    })

    it('ends the reading where asked', async () => {
      await expect(readBytes(lines, { invalidUtf8: 'fail' })).rejects.toMatchObject({
        code: 'bad-input',
        detail: '-:2 4 parts are not valid UTF-8',
      })
    })

    it('is replaced in ids and facets too', async () => {
      const { documents, summary } = await readBytes('{"text":"","id":"\\ud800","f":"x\\udc00"}', {
        idField: 'id',
        facetFields: ['f'],
      })
      expect(documents[0]).toMatchObject({ externalId: '\uFFFD', facets: ['x\uFFFD'] })
      expect(summary.replacedCharacters).toBe(2)
    })
  })

  it('reports a text above the limit', async () => {
    const { texts, summary } = await readBytes('{"text":"12345"}\n{"text":"ééé"}\n', { maxTextBytes: 5 })
    expect(texts).toEqual(['12345'])
    expect(summary.problems).toEqual([
      { kind: 'too-long', path: '-', line: 2, detail: 'the text has 6 bytes, more than the 5 of a document' },
    ])
  })

  it('passes over a line above the limit in bounded memory', async () => {
    const before = '{"text":"a"}\n'
    const { texts, summary } = await readBytes(`${before}{"text":"${'x'.repeat(300_000)}"}\n{"text":"b"}`, {
      maxLineBytes: 1000,
    })
    expect(texts).toEqual(['a', 'b'])
    expect(summary.problems).toEqual([
      { kind: 'too-long', path: '-', line: 2, detail: 'the line has 300011 bytes, more than 1000' },
    ])
  })

  it('applies the limit to a line with its replacements', async () => {
    const { summary } = await readBytes(Buffer.from(`{"text":"${'\xff'.repeat(50)}"}`, 'latin1'), { maxLineBytes: 100 })
    expect(summary.skipped).toEqual({ 'too-long': 1 })
  })

  it('refuses a line of ten million fields without parsing it', async () => {
    const { summary } = await readBytes(`{"text":"a"${',"":0'.repeat(limits.lineValues + 1)}}`)
    expect(summary.skipped).toEqual({ 'too-complex': 1 })
  })

  it('reads the same in chunks of any size', async () => {
    const source = '{"text":"é\\ud83d\\ude00","a":"日本"}\r\n\n{"text":"b","c":[1,2]}\nbad\n{"text":"c"}'
    const whole = await readBytes(source)
    for (const chunkBytes of [1, 2, 3, 7, 20]) {
      const { documents, summary } = await readBytes(source, {}, chunkBytes)
      expect({ documents, summary }).toEqual({ documents: whole.documents, summary: whole.summary })
    }
  })
})
