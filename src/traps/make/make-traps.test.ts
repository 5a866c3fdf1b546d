import { describe, expect, it } from 'vitest'
import { makeTableModel } from '../../models/testkit/table-model.js'
import { NaiveReader } from '../../query/testkit/naive-reader.js'
import { maxJaccard, measureJaccard } from '../token-overlap.js'
import { listTemperatures, makeTraps } from './make-traps.js'
import { TrapCollection } from './trap-collection.js'
import type { TrapTokenizer } from './trap-tokenizer.js'
import { spreadPlaces, varyTrap } from './vary-traps.js'

const first = 0x4e00

/** An id is a character. */
const tokenizer: TrapTokenizer = {
  encode: async (texts) => {
    const ids = texts.map((text) => Array.from(Buffer.from(text).toString(), (letter) => letter.charCodeAt(0) - first))
    const ends = Float64Array.from(ids, (_, at) => ids.slice(0, at + 1).flat().length)
    return { ids: Uint32Array.from(ids.flat()), ends, isLossy: ids.map(() => false), faults: ids.map(() => null) }
  },
  decode: async (ids) => ids.map((list) => String.fromCharCode(...Array.from(list, (id) => first + id))),
}

const model = makeTableModel(150)
const options = {
  lengths: [8, 12],
  perLength: 4,
  buckets: 2,
  repetitions: [1, 10],
  temperatures: [0.5, 1, 1.5],
  seed: 5,
  maxSamples: 5_000,
  readers: [],
}

describe('traps of a model', () => {
  it('fill the buckets, have controls, are unlike each other, and the same for the same seed', async () => {
    const traps = await makeTraps(model, tokenizer, options)
    expect(traps).toHaveLength(16)
    for (const length of [8, 12]) {
      for (const role of ['trap', 'control']) {
        const group = traps.filter((trap) => trap.role === role && trap.tokens.length === length)
        expect(group.filter(({ bucket }) => bucket < 5)).toHaveLength(2)
        expect(group.filter(({ bucket }) => bucket >= 5)).toHaveLength(2)
        expect(group.map(({ repetitions }) => repetitions)).toEqual(role === 'trap' ? [1, 10, 1, 10] : [0, 0, 0, 0])
      }
    }
    for (const [at, a] of traps.entries()) {
      for (const b of traps.slice(at + 1)) {
        expect(measureJaccard(new Set(a.tokens), new Set(b.tokens))).toBeLessThanOrEqual(maxJaccard)
      }
    }
    expect(await makeTraps(model, tokenizer, options)).toEqual(traps)
  })

  it('are refused where an index holds them, or a piece of 40 bytes', async () => {
    const small = { ...options, lengths: [20], perLength: 1, buckets: 1 }
    const [trap] = await makeTraps(model, tokenizer, small)
    const makeAgainst = async (text: string) => {
      const reader = new NaiveReader({
        name: 'corpus',
        documents: [{ externalId: null, metadata: null, facets: [], text }],
      })
      const [other] = await makeTraps(model, tokenizer, { ...small, readers: [reader] })
      return other?.text
    }
    // Characters of three bytes: 13 are 39 bytes, 14 are 42.
    expect(await makeAgainst(`${trap?.text}`)).not.toBe(trap?.text)
    expect(await makeAgainst(`x${trap?.text.slice(3, 17)}x`)).not.toBe(trap?.text)
    expect(await makeAgainst(`x${trap?.text.slice(3, 16)}x`)).toBe(trap?.text)
  })

  it('are given up after too many samples, in words that say what lacks', async () => {
    await expect(makeTraps(model, tokenizer, { ...options, maxSamples: 2 })).rejects.toThrow(
      'After 2 samples of 8 tokens',
    )
    expect(() => new TrapCollection(10, 3)).toThrow('cannot fill 3 buckets evenly')
    await expect(makeTraps(model, tokenizer, { ...options, lengths: [4_096] })).rejects.toThrow('reads fewer than 4096')
  })

  it('are sampled at the temperatures of the released code', () => {
    expect(listTemperatures(25)).toEqual([0.5, 1, 1.5, 2, 2.5, 3, 3.5])
    expect(listTemperatures(100).at(-1)).toBe(7.75)
  })
})

describe('variants', () => {
  it('differ in exactly so many tokens, whose exact blocks are short', async () => {
    const [trap] = await makeTraps(model, tokenizer, options)
    if (trap === undefined) throw new Error('no trap')
    const variants = await varyTrap(trap, [1, 2, 3], model, tokenizer, [])
    expect(variants).toHaveLength(3)
    for (const [at, { tokens, ...variant }] of variants.entries()) {
      const replaced = at + 1
      expect(variant).toMatchObject({ variantOf: trap.id, replaced })
      const changed = tokens.flatMap((token, place) => (token === trap.tokens[place] ? [] : [place]))
      expect(changed).toEqual(spreadPlaces(trap.tokens.length, replaced))
    }
  })

  it('are spread so that no block is longer than the pigeonhole says', () => {
    for (let length = 1; length < 110; length++) {
      for (let replaced = 1; replaced <= Math.min(length, 20); replaced++) {
        const places = [-1, ...spreadPlaces(length, replaced), length]
        const longest = Math.max(...places.slice(1).map((place, at) => place - (places[at] ?? 0) - 1))
        expect(longest).toBe(Math.ceil((length - replaced) / (replaced + 1)))
      }
    }
  })
})
