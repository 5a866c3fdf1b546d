import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IndexReader } from '../query/index-reader.js'
import { type EvidenceContent, formatBundle, parseBundle } from './evidence-bundle.js'
import { makeEvidence } from './make-evidence.js'
import type { ContaminationReport } from './report.js'
import { runContamination } from './run-contamination.js'
import { makeBenchmark, makeTestIndexes, type TestIndexes, testOptions } from './testkit/check-texts.js'
import { verifyEvidence } from './verify-evidence.js'
import { viewNames } from './views.js'

const questions = [
  'In which year did the old lighthouse on the northern cape send its very last signal to the ships?',
  'WHO MENDED THE GREAT CLOCK OF THE MARKET TOWER AFTER IT HAD STOOD STILL FOR ELEVEN LONG WINTERS?',
  'Nobody has ever asked this question anywhere, so it cannot stand in any corpus that was made before.',
]
const texts = [
  'Other text.',
  `Quiz: ${questions[0]} In 1911, it is said. 今日は`,
  `Once more. ${questions[1].toLowerCase()}`,
]
const choice = { benchmarks: [], items: [], date: '2026-01-31', programVersion: '0.0.0' }

let indexes: TestIndexes
let reader: IndexReader
let report: ContaminationReport
let content: EvidenceContent

beforeAll(async () => {
  indexes = await makeTestIndexes()
  reader = await indexes.open(texts.map((text, at) => ({ text, externalId: `doc-${at}` })))
  report = await runContamination([reader], [makeBenchmark('quiz', questions)], testOptions({ views: viewNames }))
  content = await makeEvidence(reader, report, choice)
})
afterAll(() => indexes.remove())

describe('an evidence bundle', () => {
  it('holds the items that were found, and verifies', async () => {
    expect(content.items.map(({ id, view, eta }) => [id, view, eta])).toEqual([
      ['item-0', 'exact', 1],
      ['item-1', 'ignore-case', 1],
    ])
    const bundle = parseBundle(Buffer.from(formatBundle(content, null)), null)
    expect(bundle.content).toEqual(content)
    const windows = content.items.reduce((sum, item) => sum + item.windows, 0)
    expect(await verifyEvidence(bundle.content, reader)).toEqual({ items: 2, spans: 2, windows })
  })

  it('is of the chosen items alone', async () => {
    const one = await makeEvidence(reader, report, { ...choice, benchmarks: ['quiz'], items: ['item-1'] })
    expect(one.items.map(({ id }) => id)).toEqual(['item-1'])
    await expect(makeEvidence(reader, report, { ...choice, items: ['item-2'] })).rejects.toMatchObject({
      code: 'bad-report',
    })
  })

  it('is the same bytes for the same report', () => {
    expect(formatBundle(structuredClone(content), null)).toBe(formatBundle(content, null))
  })

  it('with any byte changed, left out or added is rejected', () => {
    const bytes = Buffer.from(formatBundle(content, null))
    const accepted: string[] = []
    const offer = (changed: Buffer, what: string) => {
      try {
        parseBundle(changed, null)
        accepted.push(what)
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-evidence' })
      }
    }
    for (let offset = 0; offset < bytes.length; offset++) {
      for (const change of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[offset] ^= change
        offer(changed, `${offset} ^ ${change}`)
      }
    }
    offer(bytes.subarray(0, -1), 'the end cut')
    offer(Buffer.concat([bytes, Buffer.from('\n')]), 'a line more')
    offer(Buffer.from(bytes.toString().replace(',"', ', "')), 'a blank more')
    expect(accepted).toEqual([])
  })

  it('that was written anew with another claim is not borne out by the index', async () => {
    const [first] = content.items
    const change = (part: Partial<typeof first>): EvidenceContent => ({ ...content, items: [{ ...first, ...part }] })
    const span = first.spans[0]
    const lies: [EvidenceContent, RegExp][] = [
      [change({ matched: first.matched - 1 }), /matched is \d+ in this index/],
      [change({ eta: 0.9 }), /eta is 1 in this index, the bundle says 0.9/],
      [change({ counts: first.counts.map(() => 2) }), /window 1 does not occur as often/],
      [change({ counts: first.counts.slice(1) }), /does not occur as often/],
      [change({ text: `${first.text} ` }), /does not have its hash/],
      [change({ spans: [{ ...span, startOffset: span.startOffset + 1 }] }), /does not hold that text/],
      [change({ spans: [{ ...span, document: 0 }] }), /called doc-0/],
      [change({ spans: [{ ...span, document: 99 }] }), /not in this index/],
      [{ ...content, index: { ...content.index, manifestSha256: 'b'.repeat(64) } }, /of an index with manifest b/],
      [{ ...content, dirtyFrom: 1, suspiciousFrom: 1, items: [{ ...first, class: 'clean' }] }, /class is dirty/],
    ]
    for (const [lie, message] of lies) {
      const { content: claimed } = parseBundle(Buffer.from(formatBundle(lie, null)), null)
      await expect(verifyEvidence(claimed, reader)).rejects.toThrow(message)
    }
  })

  it('can be signed, and then another hand shows', () => {
    const keys = ['mine', 'theirs'].map(() => generateKeyPairSync('ed25519'))
    const [mine, theirs] = keys.map(({ privateKey, publicKey }) => ({
      secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      known: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    }))
    const signed = Buffer.from(formatBundle(content, mine.secret))
    expect(parseBundle(signed, mine.known).signature).toMatchObject({ algorithm: 'ed25519' })
    expect(() => parseBundle(signed, theirs.known)).toThrow(/Another key/)
    expect(() => parseBundle(Buffer.from(formatBundle(content, null)), mine.known)).toThrow(/not signed/)
    const { signature } = parseBundle(signed, null)
    const other = JSON.parse(formatBundle({ ...content, date: '2027-01-31' }, mine.secret))
    const swapped = JSON.stringify({ ...other, signature })
    expect(() => parseBundle(Buffer.from(`${swapped}\n`), null)).toThrow(/signature is not one of its content/)
    expect(() => formatBundle(content, 'no key')).toThrow(/private key cannot be read/)
  })
})
