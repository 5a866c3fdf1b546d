/** How does a decoder stay among the texts that are allowed? Its model says that nothing else is possible. */
import { OmnigramError } from '../../core/errors.js'
import type { LanguageModel, ModelSession } from '../../models/language-model.js'
import { readOneByOne } from '../../models/read-one-by-one.js'
import type { AllowedNext, Constraint } from './constraint.js'

/**
 * The model with the logits of all that is not allowed at −∞: every decoding loop keeps to the constraint, with any drafter and in the
 * law of the model among what is allowed, and ends where the text may end. The constraint holds from token `promptLength` of a session
 * on. Superposed decoding mixes several texts into one and cannot be constrained so.
 *
 * Throws `bad-argument` for a model without an end token, which could not end.
 */
export function constrainModel<Place>(
  model: LanguageModel,
  constraint: Constraint<Place>,
  promptLength: number,
): LanguageModel {
  const { vocabulary, contextLength, beginToken, endToken } = model
  if (endToken === null) {
    throw new OmnigramError('bad-argument', 'The model has no end token, so a constrained text could not end.')
  }
  const rules: Rules<Place> = { constraint, promptLength, vocabulary, endToken }
  return {
    vocabulary,
    contextLength,
    beginToken,
    endToken,
    startSession: () => new ConstrainedSession(rules, model.startSession(), [constraint.start]),
    readTogether: readOneByOne,
  }
}

interface Rules<Place> {
  readonly constraint: Constraint<Place>
  readonly promptLength: number
  readonly vocabulary: number
  readonly endToken: number
}

class ConstrainedSession<Place> implements ModelSession {
  readonly #rules: Rules<Place>
  readonly #inner: ModelSession
  /** After the prompt and each token that was kept since. */
  #places: (Place | null)[]
  /** After each node of the tree that was read last. */
  #nodes: readonly (Place | null)[] = []
  /** Tokens before the tree. */
  #kept: number

  constructor(rules: Rules<Place>, inner: ModelSession, places: readonly (Place | null)[]) {
    this.#rules = rules
    this.#inner = inner
    this.#places = [...places]
    this.#kept = inner.length
  }

  get length(): number {
    return this.#inner.length
  }

  async read(tokens: Uint32Array): Promise<Float32Array> {
    const logits = await this.#inner.read(tokens)
    const places = await this.#follow(tokens)
    return this.#mask(logits, [places.at(-1) ?? null])
  }

  async readAll(tokens: Uint32Array): Promise<Float32Array> {
    const logits = await this.#inner.readAll(tokens)
    return this.#mask(logits, await this.#follow(tokens))
  }

  async readTree(tokens: Uint32Array, parents: Int32Array): Promise<Float32Array> {
    this.#kept = this.#inner.length
    const logits = await this.#inner.readTree(tokens, parents)
    const depths = new Int32Array(tokens.length)
    for (const [node, parent] of parents.entries()) depths[node] = parent < 0 ? 0 : (depths[parent] ?? 0) + 1
    const places: (Place | null)[] = new Array(tokens.length).fill(null)
    for (let depth = 0; depth <= Math.max(...depths); depth++) {
      const level = [...tokens.keys()].filter((node) => depths[node] === depth)
      const before = level.map((node) => {
        const parent = parents[node] ?? -1
        return parent < 0 ? (this.#places.at(-1) ?? null) : (places[parent] ?? null)
      })
      const after = await this.#advance(
        before,
        Uint32Array.from(level, (node) => tokens[node] ?? 0),
        this.#kept + depth,
      )
      for (const [i, node] of level.entries()) places[node] = after[i] ?? null
    }
    this.#nodes = places
    return this.#mask(logits, places)
  }

  keep(nodes: readonly number[]): void {
    this.#inner.keep(nodes)
    for (const [i, node] of nodes.entries()) {
      if (this.#kept + i >= this.#rules.promptLength) this.#places.push(this.#nodes[node] ?? null)
    }
    this.#kept = this.#inner.length
  }

  async readMixture(): Promise<Float32Array> {
    throw new OmnigramError('bad-argument', 'A mixture of tokens is no text: superposed decoding takes no constraint.')
  }

  truncate(length: number): void {
    this.#inner.truncate(length)
    this.#places.length = Math.min(this.#places.length, 1 + Math.max(0, length - this.#rules.promptLength))
    this.#kept = this.#inner.length
  }

  fork(): ModelSession {
    return new ConstrainedSession(this.#rules, this.#inner.fork(), this.#places)
  }

  /** The place after each of the tokens that were just read. */
  async #follow(tokens: Uint32Array): Promise<(Place | null)[]> {
    const after: (Place | null)[] = []
    for (const token of tokens) {
      const position = this.#kept++
      const [place = null] = await this.#advance([this.#places.at(-1) ?? null], Uint32Array.of(token), position)
      if (position >= this.#rules.promptLength) this.#places.push(place)
      after.push(place)
    }
    return after
  }

  /** Tokens of the prompt lead nowhere; what comes after a token that is not allowed is not allowed either. */
  async #advance(places: readonly (Place | null)[], tokens: Uint32Array, position: number) {
    const { constraint, promptLength } = this.#rules
    if (position < promptLength) return places
    const going = [...places.entries()].flatMap(([i, place]) => (place === null ? [] : [{ i, place }]))
    const after: (Place | null)[] = new Array(places.length).fill(null)
    const advanced = await constraint.advance(
      going.map(({ place }) => place),
      Uint32Array.from(going, ({ i }) => tokens[i] ?? 0),
    )
    for (const [place, { i }] of going.entries()) after[i] = advanced[place] ?? null
    return after
  }

  /** Rows after what is not allowed are never asked for: they stay as they are. */
  async #mask(logits: Float32Array, places: readonly (Place | null)[]): Promise<Float32Array> {
    const { constraint, vocabulary } = this.#rules
    const rows = [...places.entries()].flatMap(([row, place]) => (place === null ? [] : [{ row, place }]))
    const allowed = await constraint.allow(rows.map(({ place }) => place))
    for (const [i, { row }] of rows.entries()) {
      const next = allowed[i]
      if (next) this.#maskRow(logits.subarray(row * vocabulary, (row + 1) * vocabulary), next)
    }
    return logits
  }

  #maskRow(logits: Float32Array, { tokens, endCount }: AllowedNext): void {
    const { vocabulary, endToken } = this.#rules
    const chosen = [...tokens, ...(endCount > 0 ? [endToken] : [])].filter((token) => token < vocabulary)
    if (chosen.length === 0) {
      throw new OmnigramError('bad-argument', 'None of the tokens that are allowed next is one of the model.')
    }
    const kept = chosen.map((token) => logits[token] ?? 0)
    logits.fill(Number.NEGATIVE_INFINITY)
    for (const [i, token] of chosen.entries()) logits[token] = kept[i] ?? 0
  }
}
