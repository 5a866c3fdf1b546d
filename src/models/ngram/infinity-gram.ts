/**
 * What follows a context, by the longest end of it that the index holds? The infinity-gram model (Liu et al. 2024, arXiv:2401.17377).
 *
 * Departure: distributions are exact at any support, where the released engine samples above 1,000 successors.
 */
import type { ContextEnd, GrowingContext } from './growing-context.js'
import type { NgramDistribution, NgramIndex, NgramRows } from './ngram-index.js'

/** Plateaus of this many lengths or more are the text itself, where it is in the index. */
const plateauLengths = 5

export interface InfinityGram {
  /** Tokens of the context's end that was used; one more is the effective n. */
  readonly suffixLength: number
  /** Occurrences of that end. */
  readonly count: number
  readonly distribution: NgramDistribution
  /** Whether exactly one token, or the end of a document, ever followed: then its probability is 1. */
  readonly isSparse: boolean
}

export interface TokenProbability {
  readonly suffixLength: number
  /** Occurrences of the context's end that was used, and of it with the token. */
  readonly promptCount: number
  readonly continuationCount: number
  readonly probability: number
}

/**
 * Which end of a context to use. `plateau` leaves the evaluated text itself out where it is in the index: its own occurrence keeps the
 * count equal over many lengths, so ends whose count stays equal over five lengths or more are passed over.
 */
export type EndChoice = 'longest' | 'plateau'

/** The distribution after a context; of the whole index when none of its ends occurs. One distribution. */
export async function predictNext<Rows extends NgramRows>(
  index: NgramIndex<Rows>,
  context: GrowingContext<Rows>,
  choice: EndChoice = 'longest',
): Promise<InfinityGram> {
  const { rows, length } = chooseEnd(context.ends, choice)
  const distribution = await index.next(rows)
  const support = distribution.tokens.length + (distribution.endCount > 0 ? 1 : 0)
  return { suffixLength: length, count: rows.count, distribution, isSparse: support === 1 }
}

/** The probability of one token after a context, without the distribution: one push. */
export async function predictToken<Rows extends NgramRows>(
  index: NgramIndex<Rows>,
  context: GrowingContext<Rows>,
  token: number,
  choice: EndChoice = 'longest',
): Promise<TokenProbability> {
  const { rows, length } = chooseEnd(context.ends, choice)
  const continuationCount = (await index.pushEach([rows], [token])).count(0, 0)
  return {
    suffixLength: length,
    promptCount: rows.count,
    continuationCount,
    probability: rows.count === 0 ? 0 : continuationCount / rows.count,
  }
}

/** The end that is used; `ends` are those of a {@link GrowingContext}. */
export function chooseEnd<Rows extends NgramRows>(
  ends: readonly ContextEnd<Rows>[],
  choice: EndChoice,
): ContextEnd<Rows> {
  const usable = choice === 'longest' ? ends : ends.filter((end) => end.length - end.minLength + 1 < plateauLengths)
  const end = usable.at(-1) ?? ends[0]
  if (end === undefined) throw new RangeError('A context has an empty end at least.')
  return end
}
