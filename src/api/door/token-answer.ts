/** What does the compatible door answer about a token index? infini-gram's fields, filled from a reader; every number is exact. */

import { limits } from '../../core/limits.js'
import { visibleDocumentsOf, visibleSymbolsOf } from '../../core/manifest.js'
import { IndexNgrams } from '../../drafting/index-ngrams.js'
import { GrowingContext } from '../../models/ngram/growing-context.js'
import { predictNext, predictToken } from '../../models/ngram/infinity-gram.js'
import type { NgramDistribution } from '../../models/ngram/ngram-index.js'
import type { IndexReader } from '../../query/index-reader.js'
import { Turn } from '../guards/turn.js'
import { DoorError } from './door-error.js'
import { type Clauses, readNumber } from './token-request.js'

/** What every answer is made from. */
export interface TokenQuestion {
  readonly reader: IndexReader
  readonly clauses: Clauses
  readonly fields: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
}

const maxSupport = 1_000

/** Of the empty query tokens and documents: the original stores a separator before each document. */
export async function answerTokenFind({ reader, clauses, signal }: TokenQuestion) {
  const ids = clauses[0]?.[0] ?? new Uint32Array()
  if (ids.length === 0) {
    const segments = reader.manifest.shards.map((entry) => [0, visibleSymbolsOf(entry) + visibleDocumentsOf(entry)])
    return { cnt: segments.reduce((sum, [, end = 0]) => sum + end, 0), segment_by_shard: segments }
  }
  const match = await reader.find(ids, { signal })
  const segments = reader.manifest.shards.map((_, shard) => {
    const range = match.ranges.find((candidate) => candidate.shard === shard)
    return range ? [range.lo, range.hi] : [0, 0]
  })
  return { cnt: match.count, segment_by_shard: segments }
}

/** `prob`, or with the longest end of the prompt that occurs `infgram_prob`. The last token of the query is the one asked for. */
export async function answerProbability(question: TokenQuestion, isInfinite: boolean) {
  const { context, index, prompt, token } = await followPrompt(question, true)
  if (!isInfinite && context.longest.length < prompt) return { prompt_cnt: 0, cont_cnt: 0, prob: -1 }
  const { suffixLength, promptCount, continuationCount, probability } = await predictToken(index, context, token)
  return {
    prompt_cnt: promptCount,
    cont_cnt: continuationCount,
    prob: probability,
    ...(isInfinite && (await describeSuffix(question, prompt, suffixLength))),
  }
}

/** `ntd`, or with the longest end of the prompt that occurs `infgram_ntd`. */
export async function answerDistribution(question: TokenQuestion, isInfinite: boolean) {
  const support = readNumber(question.fields, 'max_support', 1, maxSupport, maxSupport)
  const { context, index, prompt } = await followPrompt(question, false)
  if (!isInfinite && context.longest.length < prompt) return { prompt_cnt: 0, result_by_token_id: {}, approx: false }
  const { suffixLength, count, distribution } = await predictNext(index, context)
  return {
    prompt_cnt: count,
    ...(await describeDistribution(question.reader, distribution, count, support)),
    ...(isInfinite && (await describeSuffix(question, prompt, suffixLength))),
  }
}

/** The end of a document has the first id that no token can have: the vocabulary. Where `support` leaves entries out, `approx` says so. */
async function describeDistribution(
  reader: IndexReader,
  { tokens, endCount }: NgramDistribution,
  count: number,
  support: number,
) {
  const endId = reader.manifest.options.tokens?.vocabulary ?? limits.vocabulary
  const end = endCount > 0 ? [{ token: endId, count: endCount }] : []
  const entries = [...tokens, ...end].sort((a, b) => b.count - a.count || a.token - b.token)
  const listed = entries.slice(0, support)
  const named = listed.filter(({ token }) => token !== endId)
  const texts = await reader.decodeAlone(Uint32Array.from(named, ({ token }) => token))
  const names = new Map(named.map(({ token }, at) => [token, texts[at] ?? null]))
  const results = listed.map(({ token, count: cont }) => [
    token,
    { cont_cnt: cont, prob: cont / count, token: names.get(token) ?? null },
  ])
  return { result_by_token_id: Object.fromEntries(results), approx: listed.length < entries.length }
}

async function followPrompt({ reader, clauses, signal }: TokenQuestion, hasToken: boolean) {
  const ids = clauses[0]?.[0] ?? new Uint32Array()
  if (hasToken && ids.length === 0) throw new DoorError(400, 'Please provide a non-empty query!')
  const prompt = hasToken ? ids.subarray(0, -1) : ids
  const index = await IndexNgrams.open(reader, { signal })
  const context = new GrowingContext(index)
  const turn = new Turn(signal)
  for (const id of prompt) {
    await turn.take()
    await context.push(id)
  }
  return { index, context, prompt: prompt.length, token: ids.at(-1) ?? 0 }
}

async function describeSuffix({ reader, clauses }: TokenQuestion, prompt: number, suffixLength: number) {
  const ids = clauses[0]?.[0] ?? new Uint32Array()
  const [text] = await reader.decode([ids.subarray(prompt - suffixLength, prompt)])
  return { suffix_len: suffixLength, longest_suffix: text ?? null }
}
