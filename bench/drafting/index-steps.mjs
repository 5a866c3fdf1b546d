/** How long does the index itself take for a step of a decoder: a filter, a draft, a token more of a context? */
import { RetrievalDrafter } from '../../dist/drafting/drafters/retrieval.js'
import { superposedPresets } from '../../dist/drafting/filter/filter-options.js'
import { NgramFilter } from '../../dist/drafting/filter/ngram-filter.js'
import { IndexContinuations } from '../../dist/drafting/index-continuations.js'
import { GrowingContext } from '../../dist/models/ngram/growing-context.js'

const candidateCount = 9
const draftCount = 3

export function summarise(micros) {
  const sorted = [...micros].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { samples: sorted.length, p50Us: at(0.5), p90Us: at(0.9), p99Us: at(0.99) }
}

/**
 * The candidates of a step: the tokens that most often follow the drafts (with fewer tokens of context where that many did not follow), as
 * a model that knows the language would name them.
 */
export async function pickLikely(histories) {
  const found = new Set()
  for (let order = 3; order >= 0 && found.size < candidateCount; order--) {
    for (const history of histories) {
      const rows = history[order]
      if (rows === undefined) continue
      const cursor = rows.batch.cursor(rows.place)
      const { next } = await cursor.next('token', { limit: candidateCount + 1 })
      for (const { token } of next) if (token !== null && found.size < candidateCount) found.add(token)
    }
  }
  return Uint32Array.from(found)
}

/** The three best drafts by the filter alone: what the steps go on with, different drafts where there are some. */
function keepBest(probabilities) {
  return Array.from(probabilities.keys())
    .sort((a, b) => probabilities[b] - probabilities[a] || a - b)
    .slice(0, draftCount)
    .map((place) => ({ draft: Math.floor(place / candidateCount), candidate: place % candidateCount }))
}

/** Steps of a filter of orders 2 to 6: three drafts, nine candidates, the histories kept from step to step. */
export async function measureFilter({ index, contexts, steps }) {
  const filter = new NgramFilter(index, superposedPresets.p15_d3.orderWeights)
  const micros = []
  let pushes = 0
  for (const context of contexts) {
    let histories = [await filter.start(context)]
    for (let step = 0; step < steps; step++) {
      const candidates = await pickLikely(histories)
      if (candidates.length < candidateCount) break
      const start = performance.now()
      const scored = await filter.score(histories, candidates)
      const took = (performance.now() - start) * 1e3
      if (histories.length === draftCount) {
        micros.push(took)
        pushes += new Set(histories.flat()).size * candidateCount
      }
      histories = keepBest(scored.probabilities).map(({ draft, candidate }) => scored.follow(draft, candidate))
    }
  }
  return { ...summarise(micros), pushesAStep: pushes / micros.length }
}

/** Drafts of 64 nodes in the way of REST, the context growing by a token each time. */
export async function measureDrafts({ index, contexts, steps }) {
  const micros = []
  const nodes = []
  for (const context of contexts) {
    const drafter = new RetrievalDrafter(new IndexContinuations(index))
    for (let length = context.length - steps; length <= context.length; length++) {
      const start = performance.now()
      const draft = await drafter.propose(context.subarray(0, length), { nodes: 64, depth: 10 })
      // The first one reads the context.
      if (length > context.length - steps) micros.push((performance.now() - start) * 1e3)
      nodes.push(draft.tokens.length - 1)
    }
  }
  return { ...summarise(micros), meanNodes: nodes.reduce((sum, count) => sum + count, 0) / nodes.length }
}

/** A token more of a context whose every end is followed: all orders at once. */
export async function measureGrowing({ index, contexts }) {
  const micros = []
  let ends = 0
  for (const context of contexts) {
    const growing = new GrowingContext(index)
    for (const token of context) {
      const start = performance.now()
      await growing.push(token)
      micros.push((performance.now() - start) * 1e3)
      ends += growing.ends.length
    }
  }
  return { ...summarise(micros), meanEnds: ends / micros.length }
}
