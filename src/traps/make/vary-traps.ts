/** What does a copy of a trap with some tokens replaced look like, its exact pieces as short as can be? */
import { OmnigramError } from '../../core/errors.js'
import type { LanguageModel } from '../../models/language-model.js'
import { findLargestTokens } from '../../models/softmax.js'
import type { IndexReader } from '../../query/index-reader.js'
import type { Trap } from '../trap.js'
import { isUnique } from './check-uniqueness.js'
import { type TrapTokenizer, writeFaithfully } from './trap-tokenizer.js'

/** Likeliest tokens that are tried for a place, as a replacement must survive decoding and encoding. */
const candidates = 50

/** Places of `replaced` tokens that leave no exact block longer than ⌈(length − replaced)/(replaced + 1)⌉. */
export function spreadPlaces(length: number, replaced: number): number[] {
  return Array.from({ length: replaced }, (_, at) => Math.floor(((at + 1) * (length + 1)) / (replaced + 1)) - 1)
}

/**
 * Variants of a trap, one for each number of replaced tokens; its tokens differ in exactly so many evenly spread places: there stands the
 * likeliest other token that follows what stands before it in the trap. Mosaic memory (Shilov et al. 2024, arXiv:2405.15523) but for the
 * model, which there sees both sides. None where no candidate of some place survives, or an index holds the variant. One pass of the model.
 *
 * Throws `bad-argument` for more replaced tokens than the trap has.
 */
export async function varyTrap(
  trap: Trap,
  replacedCounts: readonly number[],
  model: LanguageModel,
  tokenizer: TrapTokenizer,
  readers: readonly IndexReader[],
): Promise<Trap[]> {
  for (const replaced of replacedCounts) {
    if (replaced >= 1 && replaced <= trap.tokens.length) continue
    throw new OmnigramError(
      'bad-argument',
      `${trap.id} has ${trap.tokens.length} tokens; ${replaced} cannot be replaced.`,
    )
  }
  const [begin, first] = model.beginToken === null ? [[], 1] : [[model.beginToken], 0]
  const read = Uint32Array.of(...begin, ...trap.tokens.slice(0, -1))
  const rows = read.length === 0 ? new Float32Array() : await model.startSession().readAll(read)
  const listCandidates = (place: number) => {
    const start = (place - first) * model.vocabulary
    return findLargestTokens(place < first ? [] : rows.subarray(start, start + model.vocabulary), candidates)
  }
  const variants: Trap[] = []
  for (const replaced of replacedCounts) {
    const varied = await replaceTokens(trap.tokens, replaced, model.endToken, tokenizer, listCandidates)
    if (varied === null || !(await isUnique(readers, varied.text))) continue
    variants.push({ ...trap, id: `${trap.id}-r${replaced}`, ...varied, repetitions: 1, variantOf: trap.id, replaced })
  }
  return variants
}

async function replaceTokens(
  original: readonly number[],
  replaced: number,
  endToken: number | null,
  tokenizer: TrapTokenizer,
  listCandidates: (place: number) => readonly number[],
): Promise<Pick<Trap, 'tokens' | 'text'> | null> {
  let varied: Pick<Trap, 'tokens' | 'text'> = { tokens: original, text: '' }
  for (const place of spreadPlaces(original.length, replaced)) {
    let found: string | null = null
    for (const token of listCandidates(place)) {
      if (token === original[place] || token === endToken) continue
      const tokens = varied.tokens.with(place, token)
      found = await writeFaithfully(tokenizer, tokens)
      if (found === null) continue
      varied = { tokens, text: found }
      break
    }
    if (found === null) return null
  }
  return varied
}
