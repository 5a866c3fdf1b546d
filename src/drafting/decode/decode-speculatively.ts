/** Which tokens does a model go on with, several a pass where a drafter guesses them? */

import { seedUniform } from '../../core/seed-uniform.js'
import type { LanguageModel, ModelSession } from '../../models/language-model.js'
import { findLargestTokens, shapeProbabilities } from '../../models/softmax.js'
import type { DraftBudget, DraftTree } from '../draft-tree.js'
import type { Drafter, NodeObservation } from '../drafter.js'
import { type AcceptedPath, acceptBySampling, acceptGreedily } from '../verification/accept-path.js'
import { type Chooser, randomChooser } from '../verification/chooser.js'
import { type DecodeOptions, greedySampling, type SamplingOptions } from './decode-plain.js'
import { readLikeliest } from './read-likeliest.js'

export interface SpeculativeOptions extends DecodeOptions {
  readonly budget: DraftBudget
  /** Whether the drafter wants to know the likeliest tokens of every node: costs a look at all logits. */
  readonly isObserving?: boolean
}

/** One pass of the model. */
export interface SpeculativeStep {
  /** Tokens of this pass: those of the draft that were accepted, and one more. */
  readonly tokens: readonly number[]
  /** Nodes that were drafted, and how many of them were accepted. */
  readonly drafted: number
  readonly accepted: number
  /** What was drafted, and the nodes of it that the model went along with. */
  readonly draft: DraftTree
  readonly nodes: readonly number[]
}

/** Likeliest tokens of a node that a drafter is told of. */
const observedTokens = 8

/**
 * Yields a step for every pass. With temperature 0 the tokens are those of {@link decodePlainly}; else they have the same law.
 * The prompt is not empty; the drafter must know it already, if it learns.
 */
export async function* decodeSpeculatively(
  model: LanguageModel,
  drafter: Drafter,
  prompt: Uint32Array,
  { maxTokens, sampling = greedySampling, budget, isObserving = false, signal }: SpeculativeOptions,
): AsyncGenerator<SpeculativeStep> {
  const chooser = randomChooser(seedUniform(sampling.seed))
  const session = model.startSession()
  if (prompt.length > 1) await session.read(prompt.subarray(0, -1))
  const context = [...prompt]
  for (let decoded = 0; decoded < maxTokens; ) {
    const left = maxTokens - decoded - 1
    const tree = await drafter.propose(Uint32Array.from(context), {
      nodes: budget.nodes,
      depth: Math.min(budget.depth, left),
    })
    signal?.throwIfAborted()
    const { path, likeliest } =
      sampling.temperature === 0
        ? await verifyGreedily(session, model.vocabulary, tree, isObserving ? observedTokens : 1)
        : await verifyBySampling(session, model.vocabulary, tree, sampling, chooser, isObserving ? observedTokens : 0)
    const tokens = cutAfterEnd(path.tokens, model.endToken)
    session.keep([0, ...path.nodes.slice(0, tokens.length - 1)])
    context.push(...tokens)
    decoded += tokens.length
    drafter.observe(tokens, isObserving ? listObservations(tree, likeliest) : undefined)
    const nodes = path.nodes.slice(0, tokens.length)
    yield { tokens, drafted: tree.tokens.length - 1, accepted: nodes.length, draft: tree, nodes }
    if (tokens.at(-1) === model.endToken) return
  }
}

function cutAfterEnd(tokens: readonly number[], endToken: number | null): readonly number[] {
  const end = endToken === null ? -1 : tokens.indexOf(endToken)
  return end < 0 ? tokens : tokens.slice(0, end + 1)
}

/** What a pass over a tree showed. */
interface Verified {
  readonly path: AcceptedPath
  /** Likeliest tokens after each node, as many as were asked for. */
  readonly likeliest: readonly Uint32Array[]
}

async function verifyGreedily(
  session: ModelSession,
  vocabulary: number,
  tree: DraftTree,
  limit: number,
): Promise<Verified> {
  const likeliest = await readLikeliest(session, vocabulary, tree.tokens, tree.parents, limit)
  return {
    path: acceptGreedily(
      tree,
      likeliest.map(([token = 0]) => token),
    ),
    likeliest,
  }
}

async function verifyBySampling(
  session: ModelSession,
  vocabulary: number,
  tree: DraftTree,
  { temperature, topP }: SamplingOptions,
  chooser: Chooser<number>,
  limit: number,
): Promise<Verified> {
  const logits = await session.readTree(tree.tokens, tree.parents)
  const rows = Array.from(tree.tokens, (_, node) => logits.subarray(node * vocabulary, (node + 1) * vocabulary))
  const path = acceptBySampling(tree, chooser, (node) => shapeProbabilities(rows[node] ?? [], temperature, topP))
  return { path, likeliest: rows.map((row) => Uint32Array.from(findLargestTokens(row, limit))) }
}

function listObservations(tree: DraftTree, likeliest: readonly Uint32Array[]): NodeObservation[] {
  return Array.from(tree.tokens, (token, node) => ({ token, likeliest: Array.from(likeliest[node] ?? []) }))
}
