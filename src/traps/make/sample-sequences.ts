/** What does a model write on its own, token by token, and how likely does it hold that? Many texts grow side by side. */
import type { Uniform } from '../../core/seed-uniform.js'
import type { LanguageModel, ModelSession } from '../../models/language-model.js'
import { findLargest } from '../../models/softmax.js'

export interface SampledSequence {
  readonly tokens: readonly number[]
  /** exp of the mean negative log-probability at temperature 1, all tokens judged after those before them. */
  readonly perplexity: number
}

export interface SampleOptions {
  readonly length: number
  /** Taken in turn. */
  readonly temperatures: readonly number[]
  /** A sequence that cannot stay below it any more is given up: null. */
  readonly perplexityBelow: number
  readonly uniform: Uniform
  /** Sequences that are still wanted; asked whenever one has ended. */
  readonly countWanted: () => number
}

/** The model goes through its weights once for so many sequences; more of them gain little. */
const sideBySide = 16

interface GrowingSequence {
  readonly session: ModelSession
  readonly temperature: number
  readonly tokens: number[]
  loss: number
}

/**
 * Samples after the begin token alone, without end; a model without one draws its first token uniformly. The end token is never drawn. Equal
 * options make equal sequences in an equal order. O(length) passes of the model for each {@link sideBySide} sequences.
 */
export async function* sampleSequences(
  model: LanguageModel,
  options: SampleOptions,
): AsyncGenerator<SampledSequence | null> {
  const { length, temperatures, perplexityBelow, uniform, countWanted } = options
  const mostLoss = length * Math.log(perplexityBelow)
  let started = 0
  let growing: GrowingSequence[] = []
  for (;;) {
    // Some will not be taken; but when few are wanted, few are begun.
    const places = Math.min(sideBySide, 2 * countWanted())
    while (growing.length < places) {
      const temperature = temperatures[started % temperatures.length] ?? 1
      growing.push({ session: model.startSession(), temperature, tokens: [], loss: 0 })
      started++
    }
    if (growing.length === 0) return
    const rows = await readLast(model, growing)
    const left: GrowingSequence[] = []
    for (const [at, sequence] of growing.entries()) {
      const logits = rows.subarray(at * model.vocabulary, (at + 1) * model.vocabulary)
      const { temperature } = sequence
      const { token, logProbability } = drawToken(logits, { temperature, barred: model.endToken, share: uniform() })
      sequence.loss -= logProbability
      sequence.tokens.push(token)
      if (!(sequence.loss < mostLoss)) yield null
      else if (sequence.tokens.length < length) left.push(sequence)
      else yield { tokens: sequence.tokens, perplexity: Math.exp(sequence.loss / length) }
    }
    growing = left
  }
}

/** The logits after each sequence. */
async function readLast(model: LanguageModel, growing: readonly GrowingSequence[]): Promise<Float32Array> {
  const lasts = growing.map(({ tokens }) => tokens.at(-1) ?? model.beginToken)
  const readable = growing.filter((_, at) => lasts[at] !== null)
  const tokens = Uint32Array.from(lasts.filter((last) => last !== null))
  const read = readable.length === 0 ? new Float32Array() : await model.readTogether(sessionsOf(readable), tokens)
  if (readable.length === growing.length) return read
  // Where there is no begin token, the first token is any.
  const rows = new Float32Array(growing.length * model.vocabulary)
  let from = 0
  for (const [at, last] of lasts.entries()) {
    if (last === null) continue
    rows.set(read.subarray(from, from + model.vocabulary), at * model.vocabulary)
    from += model.vocabulary
  }
  return rows
}

function sessionsOf(growing: readonly GrowingSequence[]): ModelSession[] {
  return growing.map(({ session }) => session)
}

interface DrawOptions {
  readonly temperature: number
  /** A token that is not drawn. */
  readonly barred: number | null
  /** In [0, 1): decides. */
  readonly share: number
}

/** One token by its probability at the temperature; and what that is at 1, the barred one counted. O(vocabulary). */
function drawToken(
  logits: Float32Array,
  { temperature, barred, share }: DrawOptions,
): { readonly token: number; readonly logProbability: number } {
  const largest = logits[findLargest(logits)] ?? 0
  const weights = new Float64Array(logits.length)
  // One exponential a token where the temperature is 1: they are half of what sampling takes beside the model.
  let [sum, total] = [0, 0]
  for (let token = 0; token < weights.length; token++) {
    const log = (logits[token] ?? 0) - largest
    const natural = Math.exp(log)
    const weight = temperature === 1 ? natural : Math.exp(log / temperature)
    sum += natural
    if (token === barred) continue
    weights[token] = weight
    total += weight
  }
  let left = share * total
  let drawn = 0
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] ?? 0
    if (weight <= 0) continue
    drawn = token
    left -= weight
    if (left < 0) break
  }
  return { token: drawn, logProbability: (logits[drawn] ?? 0) - largest - Math.log(sum) }
}
