/** Which drafter has this name? Each is made for one sequence. */
import type { DrafterName } from '../complete/completion.js'
import type { Drafter } from '../drafter.js'
import { IndexContinuations } from '../index-continuations.js'
import type { IndexNgrams } from '../index-ngrams.js'
import { LocalContinuations } from '../local-continuations.js'
import { CombinedDrafter } from './combined.js'
import { InputGuidedDrafter } from './input-guided.js'
import { PromptLookupDrafter } from './prompt-lookup.js'
import { RetrievalDrafter } from './retrieval.js'
import { SuffixDrafter } from './suffix.js'
import { AdjacencyMatrix, TokenRecyclingDrafter } from './token-recycling.js'
import { TrigramDrafter } from './trigram.js'

/** What a drafter may be made of. */
export interface DrafterMaterial {
  readonly index: IndexNgrams
  readonly prompt: Uint32Array
  /** Of the model. */
  readonly vocabulary: number
  readonly seed: number
}

const makers = {
  'retrieval': ({ index }) => new RetrievalDrafter(new IndexContinuations(index)),
  'suffix': ({ index, prompt }) => new SuffixDrafter([new LocalContinuations(prompt), new IndexContinuations(index)]),
  'prompt-lookup': () => new PromptLookupDrafter(),
  'token-recycling': ({ vocabulary }) => new TokenRecyclingDrafter(new AdjacencyMatrix(vocabulary)),
  'trigram': ({ index, seed }) => new TrigramDrafter(new IndexContinuations(index), seed),
  'input-guided': ({ prompt }) => new InputGuidedDrafter(prompt),
  'combined': (material) =>
    new CombinedDrafter(
      (['suffix', 'prompt-lookup', 'retrieval'] as const).map((name): Drafter => makers[name](material)),
    ),
} as const satisfies Record<DrafterName, (material: DrafterMaterial) => Drafter>

export function makeDrafter(name: DrafterName, material: DrafterMaterial): Drafter {
  return makers[name](material)
}

/** Whether the drafter learns from what the model holds likely at each node. */
export function isObservingDrafter(name: DrafterName): boolean {
  return name === 'token-recycling'
}
