/** What do the counts of an index say of each token of a text, before it comes? */
import { type ContextEnd, GrowingContext } from '../../models/ngram/growing-context.js'
import { chooseEnd, type EndChoice } from '../../models/ngram/infinity-gram.js'
import type { NgramIndex, NgramRows } from '../../models/ngram/ngram-index.js'

/** What one end of the context says of the token after it. */
export interface TokenEstimate {
  /** Tokens of the end. */
  readonly contextLength: number
  readonly probability: number
  /** Different tokens that followed, the end of a document among them; 10 stands for 10 and more. */
  readonly support: number
  /** Whether the token is the most frequent one, of equals the lowest id. */
  readonly isLikeliest: boolean
}

export interface CountedToken {
  readonly token: number
  /** By its share of all tokens, with one more of each in the vocabulary: never 0. */
  readonly unigramProbability: number
  /** By the longest known end of at most `order` − 1 tokens. */
  readonly ngram: TokenEstimate
  /** By the longest known end. */
  readonly infinityGram: TokenEstimate
}

export interface ScoreTextOptions {
  readonly order: number
  /** Token ids are below it. */
  readonly vocabulary: number
  /** Which end the infinity-gram takes. */
  readonly endChoice?: EndChoice
  readonly signal?: AbortSignal
  readonly onProgress?: (scored: number) => void
}

/** Support is told exactly below this. */
const manySuccessors = 10

/** A push of every distinct end and two short distributions a token. */
export async function scoreText<Rows extends NgramRows>(
  index: NgramIndex<Rows>,
  tokens: Uint32Array,
  { order, vocabulary, endChoice = 'longest', signal, onProgress }: ScoreTextOptions,
): Promise<CountedToken[]> {
  const context = new GrowingContext(index)
  const total = index.everything.count + vocabulary
  const counted: CountedToken[] = []
  for (const [place, token] of tokens.entries()) {
    signal?.throwIfAborted()
    const short = longestWithin(context.ends, order - 1)
    const long = chooseEnd(context.ends, endChoice)
    const [shortNext, longNext] = [
      await index.next(short.end.rows, manySuccessors),
      await index.next(long.rows, manySuccessors),
    ]
    await context.push(token)
    const estimate = ({ rows }: ContextEnd<Rows>, length: number, next: typeof shortNext): TokenEstimate => ({
      contextLength: length,
      probability: rows.count === 0 ? 0 : countEnd(context.ends, length + 1) / rows.count,
      support: Math.min(manySuccessors, next.tokens.length + Number(next.endCount > 0)),
      isLikeliest: next.tokens[0]?.token === token && (next.tokens[0]?.count ?? 0) >= next.endCount,
    })
    counted.push({
      token,
      unigramProbability: (countEnd(context.ends, 1) + 1) / total,
      ngram: estimate(short.end, short.length, shortNext),
      infinityGram: estimate(long, long.length, longNext),
    })
    onProgress?.(place + 1)
  }
  return counted
}

/** The longest end of at most so many tokens; of an entry that stands for several lengths a shorter one may be meant. */
function longestWithin<Rows extends NgramRows>(ends: readonly ContextEnd<Rows>[], maxLength: number) {
  const end = ends.findLast(({ minLength }) => minLength <= maxLength) ?? ends[0]
  if (end === undefined) throw new RangeError('A context has an empty end at least.')
  return { end, length: Math.min(end.length, maxLength) }
}

/** Occurrences of the context's end of so many tokens. */
function countEnd<Rows extends NgramRows>(ends: readonly ContextEnd<Rows>[], length: number): number {
  return ends.find((end) => end.minLength <= length && length <= end.length)?.rows.count ?? 0
}
