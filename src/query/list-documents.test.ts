import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openShard, type Shard } from '#native'
import { type DocumentTerm, listMatchingDocuments } from './list-documents.js'
import { packRanges } from './shard-set.js'
import { countRows } from './sum-up.js'
import { buildTestIndex, makeTestFolder } from './testkit/build-test-index.js'

const texts = Array.from({ length: 400 }, (_, number) => {
  const words = ['common', number % 7 === 0 ? 'week' : 'day', number % 50 === 3 ? 'rare' : '', `n${number}.`]
  return `${words.join(' ')} ${'common text '.repeat(number % 13)}`
})

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let shard: Shard

beforeAll(async () => {
  folder = await makeTestFolder()
  const { shards } = await buildTestIndex(folder.path, { documents: texts.map((text) => ({ text })) })
  shard = openShard(`${folder.path}/shards/${shards[0].name}`, 'ram')
})

afterAll(() => folder.remove())

const term = (pattern: string, isLiteral = true): DocumentTerm => {
  const ranges = shard.find(Buffer.from(pattern), null, 0)
  return { ranges: packRanges(ranges), count: countRows(ranges), literal: isLiteral ? Buffer.from(pattern) : null }
}

const scan = (holds: (text: string) => boolean) => texts.flatMap((text, number) => (holds(text) ? [number] : []))

const list = (terms: { all?: string[]; any?: string[]; none?: string[] }, maxSteps = 1e9, isLiteral = true) => {
  const [all, any, none] = [terms.all ?? [], terms.any ?? [], terms.none ?? []].map((patterns) =>
    patterns.map((pattern) => term(pattern, isLiteral)),
  )
  const { documents, isComplete } = listMatchingDocuments(shard, { all, any, none, maxSteps }, 0)
  return { documents: [...documents], isComplete }
}

describe('documents by several patterns', () => {
  it('are read in pieces without missing what lies across two of them', async () => {
    const filler = 'x'.repeat(4_090)
    const documents = ['rare', 'long needle', ''].map((word) => ({ text: `rare ${filler}${word}${filler}` }))
    const other = await makeTestFolder()
    const { shards } = await buildTestIndex(other.path, {
      documents: [...documents, ...texts.map((text) => ({ text }))],
    })
    const long = openShard(`${other.path}/shards/${shards[0].name}`, 'ram')
    const find = (pattern: string): DocumentTerm => {
      const ranges = long.find(Buffer.from(pattern), null, 0)
      return { ranges: packRanges(ranges), count: 1e9, literal: Buffer.from(pattern) }
    }
    const rarest = { ...find('rare x'), count: 1 }
    const holding = (terms: { all?: DocumentTerm[]; none?: DocumentTerm[] }) => [
      ...listMatchingDocuments(
        long,
        { all: [rarest, ...(terms.all ?? [])], any: [], none: terms.none ?? [], maxSteps: 1e9 },
        0,
      ).documents,
    ]
    expect(holding({ all: [find('xlong needlex')] })).toEqual([1])
    expect(holding({ all: [find('xxxx')], none: [find('long needle')] })).toEqual([0, 2])
    await other.remove()
  })

  // Few candidates are read; many are compared with a list. Both ways give the same.
  it.each([true, false])('are those of a scan (literal: %s)', (isLiteral) => {
    const same = (terms: Parameters<typeof list>[0], holds: (text: string) => boolean) =>
      expect(list(terms, 1e9, isLiteral)).toEqual({ documents: scan(holds), isComplete: true })
    same({ all: ['rare', 'common'] }, (text) => text.includes('rare'))
    same({ all: ['rare', 'week', 'common text'] }, (text) =>
      ['rare', 'week', 'common text'].every((w) => text.includes(w)),
    )
    same({ any: ['rare', 'week'] }, (text) => text.includes('rare') || text.includes('week'))
    same({ any: ['n1', 'week'], all: ['day'] }, (text) => text.includes('day') && text.includes('n1'))
    same({ all: ['common'], none: ['day'] }, (text) => !text.includes('day'))
    same({ all: ['rare'], none: ['common text'] }, (text) => text.includes('rare') && !text.includes('common text'))
    same({ all: ['rare', 'absent'] }, () => false)
  })

  it('are fewer, never wrong, when steps run out', () => {
    const truth = scan((text) => text.includes('common text') && text.includes('day'))
    for (const maxSteps of [0, 50, 500, 5_000]) {
      const { documents, isComplete } = list({ all: ['common text', 'day'] }, maxSteps)
      expect(truth).toEqual(expect.arrayContaining(documents))
      expect(isComplete).toBe(documents.length === truth.length)
    }
  })

  it('are refused when a pattern to leave out is too frequent to list', () => {
    expect(() => list({ all: ['rare'], none: ['common'] }, 400, false)).toThrow(/none/)
  })

  it('leave out what could not be read within the steps', () => {
    const { documents, isComplete } = list({ all: ['rare'], none: ['common text'] }, 300)
    expect(scan((text) => text.includes('rare') && !text.includes('common text'))).toEqual(
      expect.arrayContaining(documents),
    )
    expect(isComplete).toBe(false)
  })

  it('are not looked up one by one where they are many and short', async () => {
    const other = await makeTestFolder()
    const { shards } = await buildTestIndex(other.path, {
      documents: Array.from({ length: 2_000 }, (_, number) => ({ text: number % 2 === 0 ? 'ab' : 'a' })),
    })
    const short = openShard(`${other.path}/shards/${shards[0].name}`, 'ram')
    const find = (pattern: string): DocumentTerm => {
      const ranges = short.find(Buffer.from(pattern), null, 0)
      return { ranges: packRanges(ranges), count: countRows(ranges), literal: Buffer.from(pattern) }
    }
    const lookUp = vi.spyOn(short, 'document')
    const { documents } = listMatchingDocuments(
      short,
      { all: [find('a')], any: [], none: [find('b')], maxSteps: 1e9 },
      0,
    )
    expect(documents).toHaveLength(1_000)
    expect(lookUp).not.toHaveBeenCalled()
    await other.remove()
  })
})
