/** What stands before a trap in its document? Read out of an index that holds it, for scores in context. */
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { seedUniform } from '../../core/seed-uniform.js'
import type { IndexReader } from '../../query/index-reader.js'
import type { Trap } from '../trap.js'

/** Characters that are read for a word of context, copies of the trap among them. */
const charactersPerWord = 12

export interface ContextOptions {
  /** Words before the trap, earlier copies of it taken out. */
  readonly words: number
  readonly seed: number
  readonly signal?: AbortSignal
}

/**
 * By id: the text before one occurrence of each trap, chosen by the seed; a control gets that of a trap of its length and, where there is one,
 * its bucket (Meeus et al. 2024, arXiv:2402.09363, but in words rather than tokens of one tokenizer). Variants are left out.
 *
 * Throws `bad-argument` where a trap does not stand in the index, or in an index that gives no text.
 */
export async function findContexts(
  reader: IndexReader,
  traps: readonly Trap[],
  { words, seed, signal }: ContextOptions,
): Promise<Map<string, string>> {
  const judged = traps.filter(({ variantOf }) => variantOf === undefined)
  const members = judged.filter(({ role }) => role === 'trap')
  const contexts = new Map<string, string>()
  for (const trap of members) {
    const match = await reader.find(trap.text, { signal })
    const context = Math.min(limits.contextUnits, words * charactersPerWord + 4 * trap.text.length)
    const page = { by: 'occurrence', limit: 1, context, unit: 'character', sampleSeed: seed, signal } as const
    const [occurrence] = (await reader.documents(match, page)).occurrences
    if (occurrence === undefined || occurrence.snippet.text === null) {
      throw new OmnigramError(
        'bad-argument',
        `${reader.name} does not hold the trap ${trap.id}: it has no context there.`,
      )
    }
    const { text, matchStart } = occurrence.snippet
    contexts.set(trap.id, cutContext(text.slice(0, matchStart).replaceAll(trap.text, ''), words))
  }
  const uniform = seedUniform(seed)
  for (const control of judged.filter(({ role }) => role === 'control')) {
    const alike = members.filter(({ tokens }) => tokens.length === control.tokens.length)
    const sameBucket = alike.filter(({ bucket }) => bucket === control.bucket)
    const choice = [sameBucket, alike, members].find((group) => group.length > 0) ?? []
    const chosen = choice[Math.floor(uniform() * choice.length)]
    if (chosen !== undefined) contexts.set(control.id, contexts.get(chosen.id) ?? '')
  }
  return contexts
}

/** The last words of a text, with the white space behind them. */
function cutContext(text: string, words: number): string {
  const starts = Array.from(text.matchAll(/(?<=^|\s)\S/g), ({ index }) => index)
  return text.slice(starts.at(-words) ?? 0)
}
