import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildShard, openShard, raisePanic, raisePanicAsync, SpoolWriter, ZstdDecoder } from './index.js'
import { buildFixture, buildOptions, caught, failing, openFixture, withFolder } from './shard-fixture.js'

const shard = await openFixture([{ text: 'banana' }, { text: 'bandana' }])

describe('a panic', () => {
  it('is an error of a synchronous call, and the process lives', () => {
    expect(caught(() => raisePanic('on purpose'))).toEqual(failing('internal', /panicked: on purpose/))
    expect([...shard.count([Buffer.from('ana')], 0)]).toEqual([3])
  })

  it('is a rejection of an asynchronous one', async () => {
    await expect(raisePanicAsync('on purpose')).rejects.toEqual(failing('internal', /panicked: on purpose/))
    await expect(raisePanicAsync('again')).rejects.toBeInstanceOf(Error)
  })
})

describe('a wrong argument', () => {
  const none = new Float64Array()
  const cases: [string, () => unknown, RegExp][] = [
    ['half an offset', () => shard.extract(0, 0.5, 1, 0), /start is 0.5, not a whole number/],
    ['an offset below 0', () => shard.extract(0, -1, 1, 0), /start is -1/],
    ['an endless offset', () => shard.extract(0, 0, Number.POSITIVE_INFINITY, 0), /end is inf/],
    ['no number', () => shard.extract(Number.NaN, 0, 1, 0), /document is NaN/],
    ['a number past 2^53', () => shard.extract(2 ** 53, 0, 1, 0), /not a whole number from 0 to 2\^53/],
    ['a document past the last', () => shard.extract(2, 0, 0, 0), /document 2 is not below 2/],
    ['an offset past the end', () => shard.extract(0, 0, 7, 0), /not inside document 0 of 6 bytes/],
    ['offsets turned round', () => shard.extract(0, 3, 2, 0), /offsets 3..2/],
    ['a row past the last', () => shard.locate(Float64Array.of(15), 0), /row 15 is not below 15/],
    ['a row to follow past the last', () => shard.follow(15, 1, 0), /row 15/],
    ['rows past the last', () => shard.push(0, 16, Buffer.from('a')), /rows 0..16/],
    ['the separator', () => shard.count([Buffer.of(97, 255)], 0), /byte 0xFF at 1/],
    ['half a character with matching', () => matching(Buffer.of(97, 0xc3)), /not UTF-8 at byte 1/],
    ['half a range', () => shard.next(Float64Array.of(1), 'byte', null, 0), /1 numbers too many/],
    ['ranges that overlap', () => shard.next(Float64Array.of(1, 5, 4, 6), 'byte', null, 0), /overlap/],
    [
      'a unit there is not',
      () => shard.next(none, 'word' as 'byte', null, 0),
      /unit "word" is not byte, character or token/,
    ],
    ['a ticket that nobody took', () => shard.count([], 12), /no ticket 12/],
    ['a residency there is not', () => openShard('x', 'disk' as 'ram'), /residency "disk"/],
    ['half a budget', () => shard.countDocuments(none, 0.5, 0, 0), /maxSteps is 0.5/],
  ]

  function matching(pattern: Uint8Array): unknown {
    return shard.find(pattern, { ignoreCase: true, flexibleSpace: false, maxRanges: 10 }, 0)
  }

  it.each(cases)('is refused: %s', (_name, call, message) => {
    expect(caught(call)).toEqual(failing('bad-argument', message))
  })

  it('of another type is refused, and the process lives', () => {
    const untyped: Record<string, (...values: unknown[]) => unknown> = Object.create(shard)
    expect(caught(() => untyped.count!.call(shard, ['text'], 0))).toBeInstanceOf(Error)
    expect(caught(() => untyped.extract!.call(shard, {}, [], null, 0))).toBeInstanceOf(Error)
    expect(caught(() => untyped.locate!.call(shard, Float32Array.of(1), 0))).toBeInstanceOf(Error)
    expect(caught(() => untyped.info!.call({}))).toBeInstanceOf(Error)
  })

  it('names a facet field that is not there', () => {
    expect(caught(() => shard.countFacets(none, 'lang', 1, 0))).toEqual(
      failing('unknown-facet', /"lang"; there are: source/),
    )
  })

  it('of a build is a rejection or an error', async () => {
    const build = async (options: Parameters<typeof buildShard>[2]) => buildShard('none', 'none', options, 0)
    await expect(build({ ...buildOptions, saRate: 100 })).rejects.toEqual(failing('bad-argument', /100/))
    await expect(build({ ...buildOptions, threads: 0 })).rejects.toEqual(failing('bad-argument', /threads is 0/))
    await expect(build(buildOptions)).rejects.toEqual(failing('io-failure', /none/))
  })
})

describe('too many alternatives', () => {
  it('are refused with the budget', () => {
    const matching = { ignoreCase: true, flexibleSpace: false, maxRanges: 0 }
    expect(caught(() => shard.find(Buffer.from('a'), matching, 0))).toEqual(
      failing('too-expensive', /budget is 0 \(maxRanges\)/),
    )
  })
})

describe('a spool', () => {
  const batch = {
    texts: Buffer.from('ab'),
    textEnds: Float64Array.of(1, 2),
    externalIds: [null, null],
    metadata: [null, null],
  }

  it('refuses batches whose lengths differ', () => {
    const writer = new SpoolWriter(null, ['source'])
    expect(caught(() => writer.append({ ...batch, facets: [null] }))).toEqual(
      failing('bad-argument', /facets has 1 entries/),
    )
    const short = { ...batch, textEnds: Float64Array.of(1, 1), facets: [null, null] }
    expect(caught(() => writer.append(short))).toEqual(failing('bad-argument', /texts has 2 entries where 1/))
    const turned = { ...batch, textEnds: Float64Array.of(2, 1), facets: [null, null] }
    expect(caught(() => writer.append(turned))).toEqual(failing('bad-argument', /text 1 is 2..1/))
  })

  it('refuses text that is not UTF-8', () => {
    const writer = new SpoolWriter(null, [])
    const invalid = {
      texts: Buffer.of(0xff),
      textEnds: Float64Array.of(1),
      externalIds: [null],
      metadata: [null],
      facets: [],
    }
    expect(caught(() => writer.append(invalid))).toEqual(failing('bad-input', /not UTF-8 at byte 0/))
  })

  it('is sealed once', () => {
    const writer = new SpoolWriter(null, [])
    writer.append({ ...batch, facets: [] })
    expect(writer.seal()).toMatchObject({ documents: 2, textBytes: 2 })
    expect(caught(() => writer.seal())).toEqual(failing('bad-argument', /sealed already/))
    expect(caught(() => writer.append({ ...batch, facets: [] }))).toEqual(failing('bad-argument', /sealed already/))
  })

  it('without a path has the summary of one with', () =>
    withFolder(async (folder) => {
      const [kept, computed] = [join(folder, 'spool'), null].map((path) => {
        const writer = new SpoolWriter(path, [])
        writer.append({ ...batch, facets: [] })
        return writer.seal()
      })
      expect(computed).toEqual(kept)
    }))
})

describe('zstd that is damaged', () => {
  it('is bad input', () => {
    const decoder = new ZstdDecoder()
    decoder.push(Buffer.from('no zstd at all'))
    expect(caught(() => decoder.read())).toEqual(failing('bad-input', /./))
  })
})

describe('a damaged shard', () => {
  let folder: string
  let done: () => void
  let whole: string
  beforeAll(
    () =>
      new Promise<void>((ready, fail) => {
        withFolder(async (path) => {
          folder = path
          whole = await buildFixture(folder, [{ text: 'the cat sat on the mat' }, { text: 'the mat' }])
          await new Promise<void>((end) => {
            done = end
            ready()
          })
        }).catch(fail)
      }),
  )
  afterAll(() => done())

  it('does not open when it is cut short', () => {
    const path = join(folder, 'cut.fm')
    for (const bytes of [0, 10, 64, 1000, readFileSync(whole).length - 1]) {
      copyFileSync(whole, path)
      truncateSync(path, bytes)
      expect(caught(() => openShard(path, 'mmap'))).toEqual(failing('damaged-index', /./))
    }
  })

  it('is found out by verify, wherever the damage is', () => {
    const bytes = readFileSync(whole)
    for (let at = 0; at < bytes.length; at += 97) {
      const spoilt = Buffer.from(bytes)
      spoilt.writeUInt8(spoilt.readUInt8(at) ^ 0x10, at)
      const path = join(folder, `${at}.fm`)
      writeFileSync(path, spoilt)
      expect(caught(() => openShard(path, 'ram').verify(false, 0))).toEqual(failing('damaged-index', /./))
    }
  })
})
