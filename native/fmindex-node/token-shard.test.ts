import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildShard, estimateTokenBuildBytes, openShard, type Shard, TokenSpoolWriter } from './index.js'
import { buildOptions, withFolder } from './shard-fixture.js'

const profiles = ['default', 'small'] as const

/** Ids as they travel: four bytes each. */
const bytesOf = (...ids: number[]) => Buffer.from(Uint32Array.from(ids).buffer)

function idsOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(at * 4))
}

function openTokens(documents: readonly (readonly number[])[], profile: 'default' | 'small'): Promise<Shard> {
  return withFolder(async (folder) => {
    const writer = new TokenSpoolWriter(join(folder, 'spool'), ['source'])
    let end = 0
    writer.append({
      tokens: Uint32Array.from(documents.flat()),
      tokenEnds: Float64Array.from(documents, ({ length }) => {
        end += length
        return end
      }),
      externalIds: documents.map((_, at) => `d${at}`),
      metadata: documents.map(() => null),
      facets: documents.map((_, at) => (at === 0 ? 'web' : null)),
    })
    const { leastVocabulary } = writer.seal()
    const path = join(folder, 'shard.fm')
    const options = { ...buildOptions, profile, vocabulary: Math.max(leastVocabulary, 1) }
    await buildShard(join(folder, 'spool'), path, options, 0)
    return openShard(path, 'mmap')
  })
}

/** What follows each place where `pattern` stands, found by scanning. */
function findNext(documents: readonly (readonly number[])[], pattern: readonly number[]): (number | null)[] {
  return documents.flatMap((ids) =>
    Array.from({ length: ids.length - pattern.length + 1 }, (_, start) => start)
      .filter((start) => pattern.every((id, at) => ids[start + at] === id))
      .map((start) => ids[start + pattern.length] ?? null),
  )
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

describe.each(profiles)('a shard of tokens, profile %s', async (profile) => {
  const documents = [[1, 2, 3, 1, 2, 4], [2, 3, 1, 2, 3], [], [5, 1, 2, 3]]
  const shard = await openTokens(documents, profile)

  it('says what it is made of', () => {
    expect(shard.info()).toMatchObject({ symbols: 'tokens', vocabulary: 6, symbolCount: 15, textBytes: 0, rows: 19 })
    expect(shard.info()).toMatchObject({ byteCounts: [], profile, documents: 4, facetFields: ['source'] })
    shard.verify(true, 0)
  })

  it('counts patterns of ids', () => {
    const patterns = [[], [1, 2], [1, 2, 3], [3, 5], [77]].map((ids) => bytesOf(...ids))
    expect([...shard.count(patterns, 0)]).toEqual([15, 4, 3, 0, 0])
  })

  it('says what follows, all of it or the likeliest', () => {
    const [range] = shard.find(bytesOf(2, 3), null, 0)
    const rows = Float64Array.of(range?.lo ?? 0, range?.hi ?? 0)
    const next = (limit: number | null) =>
      shard.next(rows, 'token', limit, 0).map(({ bytes, count }) => [bytes?.readUInt32LE() ?? null, count])
    expect(next(null)).toEqual([
      [1, 2],
      [null, 2],
    ])
    expect(next(1)).toEqual([[1, 2]])
    expect(next(0)).toEqual([])
  })

  it('pushes many ranges by one id each', () => {
    const [range] = shard.find(bytesOf(2), null, 0)
    const pushed = Float64Array.of(0, 19, range?.lo ?? 0, range?.hi ?? 0, 4, 4)
    shard.pushBatch(pushed, bytesOf(5, 3, 1), 0)
    const sizes = [0, 2, 4].map((at) => (pushed[at + 1] ?? 0) - (pushed[at] ?? 0))
    expect(sizes).toEqual([1, 4, 0])
    const whole = Float64Array.of(0, 19)
    expect(() => shard.pushBatch(whole, bytesOf(1, 2), 0)).toThrow(/2 symbols for 1 ranges/)
    expect([...whole]).toEqual([0, 19])
  })

  it('reads what follows many rows, and parts of documents', () => {
    const [range] = shard.find(bytesOf(1, 2), null, 0)
    const rows = Float64Array.from({ length: 4 }, (_, at) => (range?.lo ?? 0) + at)
    const batch = shard.followBatch(rows, 2, 0).map(idsOf)
    expect(batch).toEqual(Array.from(rows, (row) => idsOf(shard.follow(row, 2, 0))))
    expect(batch.map(([first]) => first).sort()).toEqual([3, 3, 3, 4])
    expect(idsOf(shard.extract(0, 2, 5, 0))).toEqual([3, 1, 2])
    expect(shard.document(3)).toEqual({ bytes: 4, externalId: 'd3', metadata: null, facets: [null] })
    expect([...shard.longestMatches(bytesOf(5, 1, 2, 4), 0)]).toEqual([3, 3, 2, 1])
  })

  it('refuses what is only of text, and ids that are none', () => {
    const cases: [() => unknown, RegExp][] = [
      [() => shard.count([Buffer.of(1, 2)], 0), /2 bytes are not whole tokens/],
      [() => shard.count([bytesOf(1, 0xffffffff)], 0), /holds the id 4294967295 at 1/],
      [() => shard.next(Float64Array.of(0, 1), 'character', null, 0), /the unit character does not go with/],
      [() => shard.countUnits(0, 0, 0), /does not go with a shard of tokens/],
      [() => shard.find(bytesOf(1), { ignoreCase: true, flexibleSpace: false, maxRanges: 9 }, 0), /tokens/],
    ]
    for (const [call, message] of cases) {
      expect(call).toThrow(message)
      expect(call).toThrow(expect.objectContaining({ code: 'bad-argument' }))
    }
  })

  it('counts and continues as scanning does', async () => {
    const ids = fc.array(fc.oneof(fc.nat(3), fc.integer({ min: 60_000, max: 60_004 })), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(ids, { maxLength: 5 }),
        fc.array(fc.nat(3), { maxLength: 3 }),
        async (texts, pattern) => {
          const random = await openTokens(texts, profile)
          const expected = findNext(texts, pattern)
          const found = random.find(bytesOf(...pattern), null, 0)
          expect(sum(found.map(({ lo, hi }) => hi - lo))).toBe(expected.length)
          const rows = Float64Array.from(found.flatMap(({ lo, hi }) => [lo, hi]))
          const next = random
            .next(rows, 'token', null, 0)
            .flatMap(({ bytes, count }) => Array.from({ length: count }, () => bytes?.readUInt32LE() ?? null))
          const order = (id: number | null) => id ?? -1
          expect(next.sort((a, b) => order(a) - order(b))).toEqual(expected.sort((a, b) => order(a) - order(b)))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('building a shard of tokens', () => {
  const refuse = (options: object, ids: number[]) =>
    withFolder(async (folder) => {
      const writer = new TokenSpoolWriter(join(folder, 'spool'), [])
      const tokenEnds = Float64Array.of(ids.length)
      writer.append({ tokens: Uint32Array.from(ids), tokenEnds, externalIds: [null], metadata: [null], facets: [] })
      writer.seal()
      await buildShard(join(folder, 'spool'), join(folder, 'shard.fm'), { ...buildOptions, ...options }, 0)
    })

  it('refuses a vocabulary that is too small, missing or too large, and what tokens do not have', async () => {
    await expect(refuse({ vocabulary: 9 }, [3, 9])).rejects.toMatchObject({ code: 'bad-input' })
    await expect(refuse({}, [3])).rejects.toThrow(/needs the size of their vocabulary/)
    await expect(refuse({ vocabulary: 2 ** 20 + 1 }, [3])).rejects.toMatchObject({ code: 'bad-argument' })
    await expect(refuse({ vocabulary: 9, profile: 'fast' }, [3])).rejects.toThrow(/tokens have default and small/)
    await expect(refuse({ vocabulary: 9, textStore: true }, [3])).rejects.toThrow(/tokens have none/)
    await expect(refuse({}, [2 ** 20])).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('says how much memory it takes', () => {
    expect(estimateTokenBuildBytes(36e6, 4e5, 49_152)).toBeGreaterThan(36e6 * 9)
    expect(estimateTokenBuildBytes(36e6, 4e5, 49_152)).toBeLessThan(36e6 * 14)
  })
})
