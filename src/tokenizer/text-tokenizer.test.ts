import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOfText, makeTokenizerJson, type TestTokenizerOptions } from './testkit/test-tokenizer.js'
import { TextTokenizer } from './text-tokenizer.js'

const make = (options?: TestTokenizerOptions) => new TextTokenizer(Buffer.from(makeTokenizerJson(options)), 'test.json')
const tokenizer = make()

describe('a tokenizer', () => {
  it('gives every text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        fc.pre(!text.includes(endOfText.content) && text.isWellFormed())
        expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text)
      }),
    )
  })

  it('knows its vocabulary, and no special tokens around a text', () => {
    expect(tokenizer.vocabulary).toBe(268)
    expect([...tokenizer.encode('the').ids]).toEqual([258])
    expect([...tokenizer.encode('').ids]).toEqual([])
    expect(tokenizer.decode(new Uint32Array())).toBe('')
  })

  it('shows U+FFFD for ids that are none and for pieces of characters', () => {
    const [first] = tokenizer.encode('日').ids
    expect(tokenizer.decode(Uint32Array.of(258, 99_999, 258))).toBe('the\ufffdthe')
    expect(tokenizer.decodeAlone(first)).toBeNull()
    expect(tokenizer.decodeAlone(99_999)).toBeNull()
    expect(tokenizer.decodeAlone(258)).toBe('the')
    expect(tokenizer.decodeAlone(endOfText.id)).toBe(endOfText.content)
  })

  it('says where it has no token for a piece', () => {
    const unknown = make({ withoutBytes: [0x7a], unknownToken: '<unk>' })
    expect(unknown.encode('az')).toMatchObject({ ids: { length: 2 }, isLossy: true })
    const dropping = make({ withoutBytes: [0x07] })
    expect(dropping.encode('a\u0007')).toMatchObject({ ids: { length: 1 }, isLossy: true })
    expect(dropping.encode('a')).toMatchObject({ ids: { length: 1 }, isLossy: false })
    expect(() => make({ withoutBytes: [0x7a] })).toThrow(/leave out text unseen/)
  })

  it.each(['', 'not json', 'null', '[]', '{}', '{"model":{"type":"BPE"}}', '{"model":null,"added_tokens":7}'])(
    'is not made of %j',
    (json) => {
      expect(() => new TextTokenizer(Buffer.from(json), 'x.json')).toThrowError(
        expect.objectContaining({ code: 'bad-input', detail: expect.stringContaining('x.json') }),
      )
    },
  )
})
