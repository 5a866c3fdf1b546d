/** Does a reader of tokens answer as the oracle does? The same battery for every implementation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IndexReader, Match, NextSymbols, PageOptions } from '../index-reader.js'
import { NaiveTokens, type NextCount } from './naive-tokens.js'
import { chooseTokenPatterns, type TokenCorpus, tokenCorpora } from './token-corpora.js'

type MakeTokenReader = (corpus: TokenCorpus) => Promise<IndexReader>

/** `makeReader` builds an index of the corpus in any number of shards; the battery closes it. */
export function describeTokenReader(name: string, makeReader: MakeTokenReader): void {
  describe(`${name} answers as the oracle of tokens`, () => {
    for (const corpus of tokenCorpora) describe(corpus.name, () => describeCorpus(corpus, makeReader))
  })
}

function describeCorpus(corpus: TokenCorpus, makeReader: MakeTokenReader): void {
  const patterns = chooseTokenPatterns(corpus)
  const packed = patterns.map((pattern) => Uint32Array.from(pattern))
  const oracle = new NaiveTokens(corpus.documents)
  let reader: IndexReader
  beforeAll(async () => {
    reader = await makeReader(corpus)
  })
  afterAll(() => reader.close())

  it('counts every pattern, alone, in a batch and per shard', async () => {
    const found = await reader.count(packed, { perShard: true })
    expect(found.map(({ count }) => count)).toEqual(patterns.map((pattern) => oracle.count(pattern)))
    for (const { count, shards = [] } of found) expect(shards.reduce((sum, inShard) => sum + inShard, 0)).toBe(count)
    for (const [at, pattern] of packed.entries())
      expect(await reader.count([pattern])).toEqual([{ count: found[at].count }])
  })

  it('pages through all occurrences, each once, with the tokens around', async () => {
    for (const pattern of patterns) {
      const match = await reader.find(Uint32Array.from(pattern))
      const places = oracle.find(pattern)
      expect(match.count).toBe(places.length)
      const found = await readAll(reader, match, { by: 'occurrence', limit: 50, context: 2 })
      expect(found.map(({ document, startOffset }) => [document.document, startOffset]).sort(byPlace)).toEqual(
        places.map(({ document, startOffset }) => [document, startOffset]),
      )
      for (const { document, startOffset, endOffset, snippet } of found.slice(0, 50)) {
        const { tokens } = corpus.documents[document.document]
        expect(endOffset - startOffset).toBe(pattern.length)
        expect([...(snippet.tokens ?? [])]).toEqual(tokens.slice(Math.max(0, startOffset - 2), endOffset + 2))
        expect(snippet.startOffset).toBe(Math.max(0, startOffset - 2))
        expect(document).toMatchObject({ textBytes: null, symbolCount: tokens.length })
      }
    }
  })

  it('pages by document and counts documents', async () => {
    for (const pattern of patterns) {
      const match = await reader.find(Uint32Array.from(pattern))
      const documents = [...oracle.documentsWith(pattern)]
      const found = await readAll(reader, match, { by: 'document', limit: 2, context: 0, unit: 'token' })
      expect(found.map(({ document }) => document.document)).toEqual(documents)
      expect(await reader.countDocuments(match, { exact: true })).toMatchObject({
        count: documents.length,
        isExact: true,
      })
    }
  })

  it('finds documents by several patterns', async () => {
    const [one, two] = [patterns[3], patterns[5]]
    const isIn = (pattern: readonly number[]) => (document: number) => oracle.documentsWith(pattern).has(document)
    const all = corpus.documents.map((_, document) => document)
    const options = { exact: true, limit: 1_000 }
    const ids = [one, two].map((pattern) => Uint32Array.from(pattern))
    const found = async (query: Parameters<IndexReader['findDocuments']>[0]) =>
      (await reader.findDocuments(query, options)).documents.map(({ document }) => document)
    expect(await found({ all: ids })).toEqual(all.filter((document) => isIn(one)(document) && isIn(two)(document)))
    expect(await found({ any: ids })).toEqual(all.filter((document) => isIn(one)(document) || isIn(two)(document)))
    expect(await found({ all: [ids[0]], none: [ids[1]] })).toEqual(
      all.filter((document) => isIn(one)(document) && !isIn(two)(document)),
    )
  })

  it('reads documents whole and in part', async () => {
    for (const [document, { tokens, externalId = null }] of corpus.documents.entries()) {
      const whole = await reader.document(document)
      expect([...(whole.tokens ?? [])]).toEqual(tokens)
      expect(whole).toMatchObject({ text: null, externalId, symbolCount: tokens.length })
      for (const [start, end] of [
        [0, 1],
        [1, 9],
        [tokens.length, tokens.length + 5],
      ]) {
        if (start > tokens.length) continue
        const part = await reader.extract(document, start, end)
        expect([...(part.tokens ?? [])]).toEqual(tokens.slice(start, end))
        expect(part).toMatchObject({ bytes: null, startOffset: start, endOffset: Math.min(end, tokens.length) })
      }
      if (externalId !== null) expect(await reader.findExternalId(externalId)).toBe(document)
    }
  })

  it('says what comes next, summing to the count, and the most frequent of it', async () => {
    for (const pattern of patterns) {
      const ids = Uint32Array.from(pattern)
      const expected = oracle.next(pattern)
      const found = await reader.next(ids)
      expect(found.count).toBe(oracle.find(pattern).length)
      expect(toCounts(found)).toEqual(expected)
      for (const limit of [1, 3, 10]) {
        const top = await reader.next(ids, { limit, unit: 'token' })
        expect(top.count).toBe(found.count)
        expect(toCounts(top)).toEqual(expected.slice(0, limit))
      }
    }
  })

  it('follows a growing context', async () => {
    for (const pattern of patterns.slice(0, 14)) {
      const cursor = reader.cursor()
      expect(cursor.count).toBe(oracle.symbolCount)
      for (const [at, id] of pattern.entries()) {
        const before = cursor.fork()
        const soFar = pattern.slice(0, at + 1)
        expect(await cursor.push(Uint32Array.of(id))).toBe(oracle.count(soFar))
        expect(before.count).toBe(oracle.count(pattern.slice(0, at)))
        expect(toCounts(await cursor.next('token', { limit: 2 }))).toEqual(oracle.next(soFar).slice(0, 2))
      }
      const texts = await cursor.follow(1_000, 3)
      const expected = oracle.find(pattern).map(({ document, startOffset }) =>
        corpus.documents[document].tokens
          .slice(startOffset + pattern.length)
          .slice(0, 3)
          .join(),
      )
      if (expected.length <= 1_000) expect(texts.map((text) => text.join()).sort()).toEqual(expected.sort())
    }
  })

  it('follows many contexts together', async () => {
    const contexts = patterns.filter(({ length }) => length >= 2)
    let batch = reader.cursors(contexts.length)
    expect([...batch.counts]).toEqual(contexts.map(() => oracle.symbolCount))
    for (const length of [1, 2]) {
      batch = await batch.push(Uint32Array.from(contexts, (context) => context[length - 1]))
      expect([...batch.counts]).toEqual(contexts.map((context) => oracle.count(context.slice(0, length))))
    }
    if (contexts.length === 0) return
    const places = [contexts.length - 1, 0, 0]
    const chosen = batch.select(places)
    const expected = places.map((place) => contexts[place].slice(0, 2))
    expect([...chosen.counts]).toEqual(expected.map((context) => oracle.count(context)))
    for (const [at, context] of expected.entries()) {
      expect(toCounts(await chosen.cursor(at).next())).toEqual(oracle.next(context))
    }
    const joined = reader
      .cursors(1)
      .concat(reader.cursors(1))
      .concat(reader.cursors(2).select([1]))
    const second = await joined.push(Uint32Array.from([0, 1, 2], (at) => contexts[at % contexts.length][0]))
    expect([...second.concat(batch).counts].slice(0, 3)).toEqual(
      [0, 1, 2].map((at) => oracle.count(contexts[at % contexts.length].slice(0, 1))),
    )
    const each = await reader.cursors(1).concat(batch).pushEach(Uint32Array.from(contexts[0]))
    const grown = [[], ...contexts.map((context) => context.slice(0, 2))]
    expect([...each.counts]).toEqual(
      grown.flatMap((context) => contexts[0].map((token) => oracle.count([...context, token]))),
    )
    expect((await batch.pushEach(new Uint32Array())).size).toBe(0)
    await expect(batch.push(new Uint32Array(contexts.length + 1))).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('follows documents from their start', async () => {
    const fromStart = (context: readonly number[]) =>
      oracle.find(context).filter(({ startOffset }) => startOffset === 0)
    const start = reader.cursors(1, 'document')
    expect([...start.counts]).toEqual([corpus.documents.length])
    expect(start.cursor(0).count).toBe(corpus.documents.length)
    for (const { tokens } of corpus.documents.slice(0, 5)) {
      let batch = start
      for (let length = 0; length <= Math.min(tokens.length, 4); length++) {
        const places = fromStart(tokens.slice(0, length))
        expect([...batch.counts]).toEqual([places.length])
        const counts = new Map<number | null, number>()
        for (const { document } of places) {
          const id = corpus.documents[document].tokens[length] ?? null
          counts.set(id, (counts.get(id) ?? 0) + 1)
        }
        const { count, next } = await batch.cursor(0).fork().next()
        expect(count).toBe(places.length)
        expect(new Map(next.map((entry) => [entry.token, entry.count]))).toEqual(counts)
        expect([...start.concat(reader.cursors(1)).counts]).toEqual([corpus.documents.length, oracle.symbolCount])
        if (length < tokens.length) batch = await batch.push(Uint32Array.of(tokens[length]))
      }
    }
  })

  it('traces a text', async () => {
    const text = patterns.flat().slice(0, 60)
    expect(await reader.trace(Uint32Array.from(text))).toEqual(oracle.trace(text))
    expect(await reader.trace(Uint32Array.from(text), { minBytes: 3 })).toEqual(
      oracle.trace(text).filter(({ startOffset, endOffset }) => endOffset - startOffset >= 3),
    )
  })

  it('refuses what cannot be asked of tokens', async () => {
    const page = { by: 'occurrence', limit: 1, context: 0, unit: 'byte' } as const
    const match = await reader.find(new Uint32Array())
    const refusals: [string, Promise<unknown>][] = [
      ['bad-pattern', reader.count(['text'])],
      ['bad-pattern', reader.count([Uint8Array.of(1, 0, 0, 0)])],
      ['bad-pattern', reader.find(Uint32Array.of(corpus.vocabulary ?? 2 ** 20))],
      ['bad-pattern', reader.find(Uint32Array.of(2 ** 32 - 1))],
      ['bad-pattern', reader.find(Uint32Array.of(0), { matching: { ignoreCase: true } })],
      ['bad-argument', reader.next(Uint32Array.of(0), { unit: 'byte' })],
      ['bad-argument', reader.next(Uint32Array.of(0), { limit: 0 })],
      ['bad-argument', reader.cursor().next('character')],
      ['bad-argument', reader.documents(match, page)],
      ['bad-argument', reader.countUnits(0, 0)],
    ]
    for (const [code, refusal] of refusals) await expect(refusal).rejects.toMatchObject({ name: 'OmnigramError', code })
  })
}

function toCounts({ next }: NextSymbols): NextCount[] {
  return next.map(({ token, count }) => [token, count])
}

function byPlace(a: readonly number[], b: readonly number[]): number {
  return a[0] - b[0] || a[1] - b[1]
}

/** All pages one after the other. */
async function readAll(reader: IndexReader, match: Match, page: PageOptions) {
  const occurrences = []
  for (let position: number | null = 0; position !== null; ) {
    const found = await reader.documents(match, { ...page, position })
    occurrences.push(...found.occurrences)
    position = found.nextPosition
  }
  return occurrences
}
