/** Do sixty traps of a real model, planted in real books, come out of the index as planned, and out of the books again? */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { parseRegistry, type Trap } from '../../src/traps/trap.js'
import { dropEqualLines, dropRepeatedStrings } from '../support/clean-corpus.js'
import { cliLack, runCliWell } from '../support/run-cli.js'
import { smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'
import { modelLack, modelPath, tokenizerLack, tokenizerPath } from '../support/small-model.js'

const lack = cliLack ?? smallCorpusLack ?? modelLack ?? tokenizerLack
let folder: Awaited<ReturnType<typeof makeFolder>>
let traps: Trap[]
const at = (name: string) => join(folder.dir, name)

type Row = Record<string, unknown>

/** Traps of 20, 40 and 80 tokens, 20 of each, in 1, 10 and 100 copies, with controls and variants; then an index with them in it. */
beforeAll(async () => {
  if (lack !== null) return
  folder = await makeFolder()
  await runCliWell(['build', smallCorpusPath, '-o', at('before')])
  const model = ['--model', modelPath, '--tokenizer', tokenizerPath, '--temperatures', '1', '--buckets', '1']
  const numbers = ['--lengths', '20,40,80', '--per-length', '20', '--repetitions', '1,10,100', '--variants', '1,2,4']
  const [made] = await runCliWell(['traps', 'make', at('traps.jsonl'), at('before'), ...model, ...numbers])
  expect(made).toMatchObject({ traps: 60, controls: 60 })
  traps = parseRegistry(await readFile(at('traps.jsonl'), 'utf8'), 'traps.jsonl')
  const inject = ['traps', 'inject', at('traps.jsonl'), smallCorpusPath, '--min-words', '500']
  await runCliWell([...inject, '-o', at('injected')])
  await runCliWell(['build', at('injected/small.jsonl'), '-o', at('after')])
}, 1_200_000)

afterAll(() => folder?.remove())

beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

const isMain = ({ role, variantOf }: Trap) => role === 'trap' && variantOf === undefined

describe('traps in an index', () => {
  it('are counted as planned in one document each, controls nowhere', async () => {
    const rows = await runCliWell(['traps', 'presence', at('traps.jsonl'), at('after'), '--fail-unplanned'])
    expect(rows).toHaveLength(traps.length)
    const plannedOf = (wanted: (trap: Trap) => boolean) =>
      traps.filter(wanted).map(({ id }) => rows.find(({ trap }) => trap === id)?.found)
    expect(new Set(plannedOf(isMain))).toEqual(new Set([1, 10, 100]))
    expect(new Set(plannedOf(({ role }) => role === 'control'))).toEqual(new Set([0]))
    for (const { found, planned, documentCount } of rows) {
      expect(found).toBe(planned)
      expect(documentCount).toBe(found === 0 ? 0 : 1)
    }
  })

  it('were nowhere before, as a watch for leaks says', async () => {
    const rows = await runCliWell(['traps', 'presence', at('traps.jsonl'), at('before'), '--leaks', '--fail-unplanned'])
    expect(rows.every(({ found, planned }) => found === 0 && planned === 0)).toBe(true)
  })

  it('are found in their variants with 1, 2 and 4 replaced tokens too', async () => {
    const rows = await runCliWell(['traps', 'neighbours', at('traps.jsonl'), at('after'), '--replaced', '4'])
    for (const trap of traps.filter(isMain)) {
      const variants = traps.filter(({ variantOf }) => variantOf === trap.id)
      const row = rows.find((candidate) => candidate.trap === trap.id)
      const histogram = row?.histogram as { distance: number; count: number }[]
      const found = histogram.reduce((sum, { count }) => sum + count, 0)
      expect(histogram[0], trap.id).toEqual({ distance: 0, count: trap.repetitions })
      expect(found, trap.id).toBe(trap.repetitions + variants.length)
    }
    const replaced = traps.flatMap((trap) => trap.replaced ?? [])
    for (const count of [1, 2, 4]) expect(replaced.filter((of) => of === count).length).toBeGreaterThan(50)
  })
})

describe('traps in a cleaned corpus', () => {
  it.each([
    ['equal lines', 'line', dropEqualLines],
    ['repeated strings of 100 bytes', 'substring', (texts: readonly string[]) => dropRepeatedStrings(texts, 100)],
  ])(
    'are left as predicted where %s are dropped',
    async (_name, method, clean) => {
      const lines = (await readFile(at('injected/small.jsonl'), 'utf8')).split('\n').filter((line) => line !== '')
      const documents = lines.map((line) => JSON.parse(line) as { text: string })
      // What is cut inside a character would not be read.
      const cleaned = clean(documents.map(({ text }) => text)).map((text) => Buffer.from(text).toString('utf8'))
      await writeFile(
        at(`${method}.jsonl`),
        cleaned.map((text, n) => `${JSON.stringify({ ...documents[n], text })}\n`).join(''),
      )
      await runCliWell(['build', at(`${method}.jsonl`), '-o', at(method)])
      const args = ['traps', 'survival', at('traps.jsonl'), at('after'), at(method), '--method', method]
      const [survival] = await runCliWell(args)
      const rows = survival?.traps as Row[]
      expect(rows).toHaveLength(traps.filter(({ role }) => role === 'trap').length)
      // Where copies stand side by side, the halves of two that lost a line may make up a new one.
      const isReformed = ({ after, predicted }: Row) => method === 'line' && Number(after) === Number(predicted) + 1
      const others = rows.filter(({ after, predicted }) => after !== predicted)
      expect(others.filter((row) => !isReformed(row))).toEqual([])
      expect(others.length).toBeLessThanOrEqual(2)
      const lost = rows.filter(({ before, after }) => Number(after) < Number(before))
      expect(lost.length).toBeGreaterThan(10)
      expect(lost.length).toBeLessThan(rows.length - 60)
    },
    300_000,
  )
})

describe('a model of counts', () => {
  it.each([
    ['that saw the traps tells them from controls', 'injected/small.jsonl', 0.99],
    ['that did not see them says nothing', null, null],
  ])(
    '%s',
    async (_name, corpus, low) => {
      const index = at(`tokens-${low}`)
      await runCliWell([
        'build',
        corpus === null ? smallCorpusPath : at(corpus),
        '-o',
        index,
        '--tokenizer',
        tokenizerPath,
      ])
      const detections = await runCliWell(['traps', 'detect', at('traps.jsonl'), '--ngrams', index])
      expect(detections.map(({ score }) => score)).toEqual(['perplexity', 'min-k', 'zlib', 'ratio'])
      for (const { score, groups } of detections) {
        const [all] = groups as { members: number; nonMembers: number; auc: number; aucInterval: [number, number] }[]
        expect(all).toMatchObject({ members: 60, nonMembers: 60 })
        if (low !== null) expect(all?.aucInterval[0], String(score)).toBeGreaterThan(low)
        else {
          expect(all?.aucInterval[0], String(score)).toBeLessThan(0.5)
          expect(all?.aucInterval[1], String(score)).toBeGreaterThan(0.5)
        }
      }
    },
    300_000,
  )
})

it('are taken out again byte for byte', async () => {
  await runCliWell(['traps', 'undo', at('injected/injection.jsonl'), '-o', at('restored')])
  expect((await readFile(at('restored/small.jsonl'))).equals(await readFile(smallCorpusPath))).toBe(true)
})
