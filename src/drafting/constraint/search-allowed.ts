/** Which texts of those that are allowed does a model hold likeliest after a prompt? Constrained beam search, as in autoregressive retrieval. */
import type { LanguageModel, ModelSession } from '../../models/language-model.js'
import { logSoftmax } from '../../models/softmax.js'
import type { Constraint } from './constraint.js'

export interface AllowedText<Place> {
  /** Without the end token. */
  readonly tokens: readonly number[]
  /** Natural logarithm of the probability of the text and its end, by the model alone: nothing is renormalised. */
  readonly logProbability: number
  readonly place: Place
}

export interface AllowedSearchOptions {
  /** Texts in flight, and texts wanted. */
  readonly width: number
  /** Longest text. */
  readonly maxTokens: number
  readonly signal?: AbortSignal
}

interface Beam<Place> extends AllowedText<Place> {
  readonly session: ModelSession
  readonly logs: Float64Array
}

/**
 * The best whole texts, best first; fewer than `width` where there are fewer, or where they are longer than `maxTokens`. Ends early when
 * no text in flight can get better than those that are finished. The model needs an end token, and the prompt is not empty.
 * O(width) passes of the model a token.
 */
export async function searchAllowed<Place>(
  model: LanguageModel,
  constraint: Constraint<Place>,
  prompt: Uint32Array,
  { width, maxTokens, signal }: AllowedSearchOptions,
): Promise<AllowedText<Place>[]> {
  const session = model.startSession()
  const first = logSoftmax(await session.read(prompt))
  let beams: Beam<Place>[] = [{ tokens: [], logProbability: 0, place: constraint.start, session, logs: first }]
  let finished: AllowedText<Place>[] = []
  for (let length = 0; beams.length > 0; length++) {
    const allowed = await constraint.allow(beams.map(({ place }) => place))
    const steps: { beam: Beam<Place>; token: number; logProbability: number }[] = []
    for (const [i, beam] of beams.entries()) {
      const { tokens, endCount } = allowed[i] ?? { tokens: [], endCount: 0 }
      const score = (token: number) => beam.logProbability + (beam.logs[token] ?? Number.NEGATIVE_INFINITY)
      if (endCount > 0 && model.endToken !== null) {
        finished.push({ tokens: beam.tokens, logProbability: score(model.endToken), place: beam.place })
      }
      for (const token of tokens) steps.push({ beam, token, logProbability: score(token) })
    }
    finished = finished.sort((a, b) => b.logProbability - a.logProbability).slice(0, width)
    const worst = finished.length < width ? Number.NEGATIVE_INFINITY : (finished.at(-1)?.logProbability ?? 0)
    const kept = steps
      .filter(({ logProbability }) => logProbability > worst)
      .sort((a, b) => b.logProbability - a.logProbability)
      .slice(0, length < maxTokens ? width : 0)
    beams = []
    for (const step of kept) {
      signal?.throwIfAborted()
      beams.push(await extendBeam(constraint, step.beam, step.token, step.logProbability))
    }
  }
  return finished
}

async function extendBeam<Place>(
  constraint: Constraint<Place>,
  beam: Beam<Place>,
  token: number,
  logProbability: number,
): Promise<Beam<Place>> {
  const session = beam.session.fork()
  const [place] = await constraint.advance([beam.place], Uint32Array.of(token))
  const logs = logSoftmax(await session.read(Uint32Array.of(token)))
  return { tokens: [...beam.tokens, token], logProbability, place: place ?? beam.place, session, logs }
}
