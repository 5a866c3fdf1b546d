import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions, writeJsonl } from '../../build/testkit/small-corpus.js'
import { makeTableModel, TableModel } from '../../models/testkit/table-model.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { makeTestFolder } from '../../query/testkit/build-test-index.js'
import { writeTokenizer } from '../../tokenizer/testkit/test-tokenizer.js'
import { completeText } from './complete-text.js'
import {
  type CompletionEnd,
  type CompletionEvent,
  type CompletionOptions,
  completionDefaults,
  drafterNames,
  type TokensStep,
} from './completion.js'

const vocabulary = 300
const endToken = 299
const texts = ['the band of the banana', 'of the banana the band', 'a café of cafés and a café']
let folder: Awaited<ReturnType<typeof makeTestFolder>>
let reader: IndexReader
let numbers: IndexReader
let bytes: IndexReader

beforeAll(async () => {
  folder = await makeTestFolder()
  const build = async (name: string, rows: readonly object[], tokens: object | null) => {
    const input = await writeJsonl(join(folder.path, `${name}.jsonl`), [...rows])
    const none = { tokenizerPath: null, idsField: null, vocabulary: null, idsType: null, documentSeparator: null }
    const options = { idField: 'id', ...(tokens && { tokens: { ...none, ...tokens } }) }
    await buildIndex(testOptions([input], join(folder.path, name), options))
    return openIndex(join(folder.path, name), { workers: 0 })
  }
  const tokenizerPath = await writeTokenizer(join(folder.path, 'tokenizer.json'))
  const rows = texts.map((text, at) => ({ text, id: `text-${at}` }))
  reader = await build('words', rows, { tokenizerPath })
  bytes = await build('bytes', rows, null)
  numbers = await build('numbers', [{ ids: [5, 6, 7], id: 'n' }], { idsField: 'ids', vocabulary: 500 })
})
afterAll(async () => {
  await Promise.all([reader, numbers, bytes].map((each) => each.close()))
  await folder.remove()
})

/** Says the texts of the corpus by heart, whatever stood before. */
async function makeParrot(text: string): Promise<TableModel> {
  const [ids] = (await reader.encode([text])) as Uint32Array[]
  return new TableModel(vocabulary, endToken, (last, before) => {
    const logits = new Array(vocabulary).fill(0)
    const at = ids?.findIndex((id, i) => id === last && (i === 0 || ids[i - 1] === before)) ?? -1
    logits[at < 0 ? 0 : (ids?.[at + 1] ?? endToken)] = 5
    return logits
  })
}

async function collect(
  model: TableModel,
  prompt: string,
  options: Partial<CompletionOptions>,
  index: IndexReader = reader,
): Promise<CompletionEvent[]> {
  const [ids] = (await index.encode([prompt])) as Uint32Array[]
  const events: CompletionEvent[] = []
  const completion = {
    model,
    reader: index,
    prompt: ids ?? new Uint32Array(),
    options: { ...completionDefaults, ...options },
    signal: new AbortController().signal,
  }
  for await (const event of completeText(completion)) events.push(event)
  return events
}

const endOf = (events: readonly CompletionEvent[]) => events.at(-1) as CompletionEnd
const stepsOf = (events: readonly CompletionEvent[]) =>
  events.filter((event): event is TokensStep => event.kind === 'tokens')

describe('one text', () => {
  it('is the same with every drafter, told token by token', async () => {
    const model = makeTableModel(vocabulary, endToken)
    const plain = endOf(await collect(model, 'the band', { mode: 'plain', maxTokens: 24 }))
    expect(plain).toMatchObject({ reason: 'limit', passes: 24, drafted: 0, accepted: 0 })
    for (const drafter of drafterNames) {
      const events = await collect(model, 'the band', { mode: 'speculative', drafter, maxTokens: 24, hasOrigins: true })
      const end = endOf(events)
      expect([drafter, end.ids]).toEqual([drafter, plain.ids])
      const steps = stepsOf(events)
      expect(steps.flatMap(({ tokens }) => tokens.map(({ id }) => id))).toEqual(plain.ids)
      expect(steps).toHaveLength(end.passes)
      expect(steps.reduce((sum, { drafted }) => sum + drafted, 0)).toBe(end.drafted)
      const accepted = steps.flatMap(({ tokens }) => tokens.filter(({ isAccepted }) => isAccepted))
      expect(accepted).toHaveLength(end.accepted)
      for (const { tokens, rejected } of steps) {
        // Where the model went another way, its own token was not drafted.
        const own = tokens.find(({ isAccepted }) => !isAccepted)
        expect(rejected.map(({ id }) => id)).not.toContain(own?.id)
      }
    }
  })

  it('says in which document accepted tokens stand, and how often', async () => {
    const model = await makeParrot(texts[0] ?? '')
    const options = { mode: 'speculative', drafter: 'retrieval', hasOrigins: true, maxTokens: 20 } as const
    const events = await collect(model, 'the band', options)
    expect(endOf(events)).toMatchObject({ reason: 'end', text: ' of the banana' })
    const origins = stepsOf(events).flatMap(({ origin }) => (origin ? [origin] : []))
    expect(origins[0]).toMatchObject({
      drafter: 'retrieval',
      from: 'corpus',
      document: { index: 'words', document: 0, externalId: 'text-0', startOffset: 0 },
      textOffset: null,
    })
    for (const { matchTokens, count, document } of origins) {
      if (document === null) throw new Error('Retrieval takes from the corpus.')
      expect(document.endOffset - document.startOffset).toBe(matchTokens)
      const { tokens } = await reader.document(document.document)
      const match = tokens?.slice(document.startOffset, document.endOffset) ?? new Uint32Array()
      expect((await reader.count([match]))[0]?.count).toBe(count)
      const { text, matchStart, matchEnd } = document.snippet
      expect(text?.slice(matchStart, matchEnd)).toBe((await reader.decode([match]))[0])
    }
  })

  it('says where in itself accepted tokens stand', async () => {
    const model = await makeParrot(texts[0] ?? '')
    const options = { mode: 'speculative', drafter: 'input-guided', hasOrigins: true, maxTokens: 20 } as const
    const events = await collect(model, ' of the banana the band', options)
    const origin = stepsOf(events).find((step) => step.origin !== null)?.origin
    expect(origin).toMatchObject({ from: 'text', drafter: 'input-guided', textOffset: 0, count: null, document: null })
  })

  it('holds pieces of characters back until they are whole', async () => {
    const events = await collect(await makeParrot(texts[2] ?? ''), 'a caf', { mode: 'plain', maxTokens: 20 })
    const said = stepsOf(events).map(({ text }) => text)
    expect(said.join('')).toBe(endOf(events).text)
    expect(said.join('')).not.toContain('\ufffd')
    expect(endOf(events).text.startsWith('é')).toBe(true)
  })

  it('stays among what occurs, whole documents, or titles', async () => {
    const model = makeTableModel(vocabulary, endToken)
    for (const mode of ['plain', 'speculative'] as const) {
      const whole = await collect(model, 'x', { mode, maxTokens: 60, constraint: { within: 'documents' } })
      expect(texts).toContain(endOf(whole).text)
      const within = await collect(model, 'x', { mode, maxTokens: 60, constraint: { within: 'corpus', window: null } })
      expect(texts.some((text) => text.includes(endOf(within).text))).toBe(true)
      const titles = (await reader.encode([' of', ' of the', ' and'])) as Uint32Array[]
      const title = await collect(model, 'x', { mode, maxTokens: 9, constraint: { within: 'titles', titles } })
      expect([' of', ' of the', ' and']).toContain(endOf(title).text)
    }
  })
})

describe('several drafts', () => {
  it('are told after every pass, with the filter and without', async () => {
    for (const isFiltered of [true, false]) {
      const events = await collect(makeTableModel(vocabulary, endToken), 'the band', { isFiltered, maxTokens: 5 })
      const steps = events.flatMap((event) => (event.kind === 'drafts' ? [event] : []))
      expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5])
      for (const { drafts, step } of steps) {
        expect(drafts).toHaveLength(3)
        expect(drafts.every(({ ids }) => ids.length === step)).toBe(true)
        const scores = drafts.map(({ score }) => score)
        expect(scores).toEqual([...scores].sort((a, b) => b - a))
      }
      expect(endOf(events).ids).toEqual(steps.at(-1)?.drafts[0]?.ids)
    }
  })
})

describe('what cannot be completed', () => {
  const model = makeTableModel(vocabulary, endToken)
  it.each([
    ['an index of bytes', () => collect(model, 'the', {}, bytes)],
    ['ids that the model does not know', () => collect(model, '', { mode: 'plain' }, numbers)],
    ['nothing to begin with', () => collect(model, '', {})],
    ['more than the model reads', () => collect(model, 'the', { maxTokens: 5_000 })],
    ['a constraint on a mixture', () => collect(model, 'the', { constraint: { within: 'documents' } })],
    [
      'a constraint without an end',
      () => collect(makeTableModel(vocabulary), 'the', { mode: 'plain', constraint: { within: 'documents' } }),
    ],
  ])('is refused: %s', async (_name, work) => {
    await expect(work()).rejects.toMatchObject({ code: 'bad-argument' })
  })
})
