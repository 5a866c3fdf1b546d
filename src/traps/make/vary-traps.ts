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
 * A variant whose tokens differ from the trap's in exactly `replaced` evenly spread places: there stands the likeliest other token that
 * follows what stands before it. Mosaic memory (Shilov et al. 2024, arXiv:2405.15523) but for the model, which there sees both sides. Null
 * where no candidate of some place survives, or an index holds the variant.
 *
 * Throws `bad-argument` for more replaced tokens than the trap has.
 */
export async function varyTrap(
  trap: Trap,
  replaced: number,
  model: LanguageModel,
  tokenizer: TrapTokenizer,
  readers: readonly IndexReader[],
): Promise<Trap | null> {
  if (replaced < 1 || replaced > trap.tokens.length) {
    throw new OmnigramError(
      'bad-argument',
      `${trap.id} has ${trap.tokens.length} tokens; ${replaced} cannot be replaced.`,
    )
  }
  const tokens = [...trap.tokens]
  let text: string | null = null
  for (const place of spreadPlaces(tokens.length, replaced)) {
    const before = [...(model.beginToken === null ? [] : [model.beginToken]), ...tokens.slice(0, place)]
    const logits = before.length === 0 ? [] : await model.startSession().read(Uint32Array.from(before))
    text = null
    for (const token of findLargestTokens(logits, candidates)) {
      if (token === trap.tokens[place] || token === model.endToken) continue
      const changed = tokens.with(place, token)
      text = await writeFaithfully(tokenizer, changed)
      if (text === null) continue
      tokens[place] = token
      break
    }
    if (text === null) return null
  }
  if (text === null || !(await isUnique(readers, text))) return null
  return { ...trap, id: `${trap.id}-r${replaced}`, text, tokens, repetitions: 1, variantOf: trap.id, replaced }
}
