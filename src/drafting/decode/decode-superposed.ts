/** Which k drafts does one stream of a model give? The loop of superposed decoding (arXiv:2405.18400). */

import { seedUniform } from '../../core/seed-uniform.js'
import type { LanguageModel } from '../../models/language-model.js'
import type { NgramRows } from '../../models/ngram/ngram-index.js'
import type { SuperposedOptions } from '../filter/filter-options.js'
import type { NgramFilter } from '../filter/ngram-filter.js'
import { type SuperposedDraft, SuperposedSearch } from '../filter/superposed-search.js'

export interface SuperposedDecodeOptions {
  readonly search: SuperposedOptions
  readonly maxTokens: number
  /** Tokens after which all drafts restart from one of them, chosen by `seed`; absent is never. About 10 keeps long texts sound. */
  readonly resetAfter?: number
  readonly seed?: number
  readonly signal?: AbortSignal
}

/** Yields the drafts after every pass, best first. The prompt is not empty. */
export async function* decodeSuperposed<Rows extends NgramRows>(
  model: LanguageModel,
  filter: NgramFilter<Rows>,
  prompt: Uint32Array,
  { search: options, maxTokens, resetAfter, seed = 0, signal }: SuperposedDecodeOptions,
): AsyncGenerator<readonly SuperposedDraft[]> {
  const uniform = seedUniform(seed)
  const search = await SuperposedSearch.start(filter, { ...options, endToken: model.endToken }, prompt)
  const session = model.startSession()
  let logits = await session.read(prompt)
  for (let step = 1; step <= maxTokens; step++) {
    await search.advance(logits)
    yield search.best
    if (search.isFinished || step === maxTokens) return
    signal?.throwIfAborted()
    if (resetAfter !== undefined && step % resetAfter === 0) search.reset(uniform)
    const { tokens, weights } = search.mixture
    logits = await session.readMixture(tokens, weights)
  }
}
