/** How are traps made, and the controls that they are compared with? */
import { createHash } from 'node:crypto'
import { OmnigramError } from '../../core/errors.js'
import { seedUniform } from '../../core/seed-uniform.js'
import type { LanguageModel } from '../../models/language-model.js'
import type { IndexReader } from '../../query/index-reader.js'
import { findPerplexityBucket } from '../token-overlap.js'
import type { Trap } from '../trap.js'
import { isUnique } from './check-uniqueness.js'
import { sampleSequences } from './sample-sequences.js'
import { perplexityEnd, TrapCollection } from './trap-collection.js'
import { type TrapTokenizer, writeFaithfully } from './trap-tokenizer.js'

export interface MakeOptions {
  /** Tokens of a trap, the begin token not counted. */
  readonly lengths: readonly number[]
  /** Traps of each length, and as many controls. */
  readonly perLength: number
  /** Parts of the perplexities 1 to 101 that fill evenly. */
  readonly buckets: number
  /** Dealt out in turn, so that every length has each equally often. */
  readonly repetitions: readonly number[]
  /** Taken in turn; absent: 0.5 to 3.5 by 0.5, for 100 tokens and more 0.5 to 7.75 by 0.25. */
  readonly temperatures?: readonly number[]
  readonly seed: number
  /** Samples of one length and role before it is given up. */
  readonly maxSamples: number
  /** Indexes in which no trap may stand. */
  readonly readers: readonly IndexReader[]
  readonly signal?: AbortSignal
  readonly onTrap?: (made: number, wanted: number) => void
}

/**
 * Samples from the model at rising temperatures until the perplexities are evenly filled, with no two alike by more than a fifth of their
 * tokens, and none that an index holds. The generator of the released code (Meeus et al. 2024, arXiv:2402.09363) but for: ids that do not
 * survive decoding and encoding are always left out, likewise the end token and what cannot reach a perplexity below 101 any more; buckets
 * instead of whole perplexities fill evenly; the tokens of controls and other lengths count as others too.
 *
 * Throws `bad-argument` where the buckets are not filled after `maxSamples`, or for what no trap can be made of.
 */
export async function makeTraps(model: LanguageModel, tokenizer: TrapTokenizer, options: MakeOptions): Promise<Trap[]> {
  const { lengths, perLength } = options
  for (const length of lengths) {
    if (length >= model.contextLength) {
      throw new OmnigramError(
        'bad-argument',
        `A trap of ${length} tokens; the model reads fewer than ${model.contextLength}.`,
      )
    }
  }
  const traps: Trap[] = []
  for (const length of lengths) {
    for (const role of ['trap', 'control'] as const) {
      const made = await makeGroup(model, tokenizer, { ...options, length, role, earlier: traps })
      const ranked = made.sort((a, b) => a.bucket - b.bucket)
      traps.push(...ranked.map((trap, at) => ({ ...trap, repetitions: dealRepetitions(options, role, at) })))
    }
    options.onTrap?.(traps.length, lengths.length * perLength * 2)
  }
  return traps
}

interface GroupOptions extends MakeOptions {
  readonly length: number
  readonly role: Trap['role']
  readonly earlier: readonly Trap[]
}

async function makeGroup(model: LanguageModel, tokenizer: TrapTokenizer, options: GroupOptions): Promise<Trap[]> {
  const { length, role, perLength, buckets, maxSamples, readers, signal, earlier } = options
  const seed = (options.seed + (role === 'trap' ? 0 : 1)) * length
  const uniform = seedUniform(seed)
  const temperatures = options.temperatures ?? listTemperatures(length)
  const collection = new TrapCollection(
    perLength,
    buckets,
    earlier.map(({ tokens }) => new Set(tokens)),
  )
  const made: Trap[] = []
  const sequences = sampleSequences(model, {
    length,
    temperatures,
    perplexityBelow: perplexityEnd,
    uniform,
    countWanted: () => perLength - made.length,
  })
  let samples = 0
  for await (const sampled of sequences) {
    if (signal?.aborted) throw new OmnigramError('cancelled', 'The traps were not made to the end.')
    if (++samples > maxSamples) {
      throw new OmnigramError(
        'bad-argument',
        `After ${maxSamples} samples of ${length} tokens the buckets of perplexities hold ${collection.filled.join(', ')} of ` +
          `${perLength / buckets} each: take fewer buckets, other temperatures, or more samples.`,
      )
    }
    if (sampled === null || !collection.wants(sampled.tokens, sampled.perplexity)) continue
    const text = await writeFaithfully(tokenizer, sampled.tokens)
    if (text === null || !(await isUnique(readers, text, signal))) continue
    collection.add(sampled.tokens, sampled.perplexity)
    const id = `${role}-${length}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
    const bucket = findPerplexityBucket(sampled.perplexity) ?? 0
    made.push({ ...sampled, id, text, bucket, seed, role, repetitions: 0 })
    options.onTrap?.(earlier.length + made.length, options.lengths.length * perLength * 2)
    if (collection.isFull) break
  }
  return made
}

function dealRepetitions({ repetitions }: MakeOptions, role: Trap['role'], at: number): number {
  return role === 'control' ? 0 : (repetitions[at % repetitions.length] ?? 1)
}

/** As released: 0.5, 1, …, 3.5; for long traps 0.5, 0.75, …, 7.75. */
export function listTemperatures(length: number): number[] {
  const [count, step] = length >= 100 ? [30, 0.25] : [7, 0.5]
  return Array.from({ length: count }, (_, at) => 0.5 + at * step)
}
