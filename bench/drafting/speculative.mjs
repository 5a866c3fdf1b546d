/** How long does a token take with each drafter, beside plain greedy decoding of the same prompts? */
import { decodePlainly } from '../../dist/drafting/decode/decode-plain.js'
import { decodeSpeculatively } from '../../dist/drafting/decode/decode-speculatively.js'
import { CombinedDrafter } from '../../dist/drafting/drafters/combined.js'
import { InputGuidedDrafter } from '../../dist/drafting/drafters/input-guided.js'
import { PromptLookupDrafter } from '../../dist/drafting/drafters/prompt-lookup.js'
import { RetrievalDrafter } from '../../dist/drafting/drafters/retrieval.js'
import { SuffixDrafter } from '../../dist/drafting/drafters/suffix.js'
import { AdjacencyMatrix, TokenRecyclingDrafter } from '../../dist/drafting/drafters/token-recycling.js'
import { TrigramDrafter } from '../../dist/drafting/drafters/trigram.js'
import { IndexContinuations } from '../../dist/drafting/index-continuations.js'
import { LocalContinuations } from '../../dist/drafting/local-continuations.js'
import { prepareModel } from './ready-model.mjs'

const seed = 1

/** Drafters by name, with the nodes that paid most on this kind of machine: a pass over four rows costs little more than one. */
export const drafters = [
  { name: 'retrieval', nodes: 3, depth: 3, make: ({ index }) => new RetrievalDrafter(new IndexContinuations(index)) },
  { name: 'prompt-lookup', nodes: 7, depth: 7, make: () => new PromptLookupDrafter() },
  {
    name: 'suffix',
    nodes: 11,
    depth: 11,
    make: ({ index, prompt }) => new SuffixDrafter([new LocalContinuations(prompt), new IndexContinuations(index)]),
  },
  {
    name: 'token-recycling',
    nodes: 3,
    depth: 3,
    isObserving: true,
    make: ({ matrix }) => new TokenRecyclingDrafter(matrix),
  },
  { name: 'trigram', nodes: 3, depth: 3, make: ({ index }) => new TrigramDrafter(new IndexContinuations(index), seed) },
  { name: 'input-guided', nodes: 15, depth: 15, make: ({ input }) => new InputGuidedDrafter(input) },
  {
    name: 'combined',
    nodes: 11,
    depth: 11,
    make: ({ index, prompt }) =>
      new CombinedDrafter([
        new SuffixDrafter([new LocalContinuations(prompt), new IndexContinuations(index)]),
        new PromptLookupDrafter({ tokens: 7 }),
      ]),
  },
]

async function decodeOnce(steps) {
  const tokens = []
  const row = { passes: 0, drafted: 0, accepted: 0 }
  const start = performance.now()
  for await (const step of steps) {
    row.passes++
    if (typeof step === 'number') tokens.push(step)
    else {
      tokens.push(...step.tokens)
      row.drafted += step.drafted
      row.accepted += step.accepted
    }
  }
  return { ...row, tokens, wallMs: performance.now() - start }
}

/**
 * Every drafter on every prompt, each prompt plainly before and after them. Throws where an output is not that of plain decoding: a fast
 * wrong answer is no result.
 */
export async function measureSpeculative({ model, index, sets, maxTokens, say }) {
  const matrix = new AdjacencyMatrix(model.vocabulary)
  const rows = []
  for (const { name: set, prompts } of sets) {
    say(`decoding: ${set}`)
    const sums = new Map()
    const add = (name, { tokens, wallMs, passes, drafted, accepted }) => {
      const sum = sums.get(name) ?? { tokens: 0, wallMs: 0, passes: 0, drafted: 0, accepted: 0 }
      sum.tokens += tokens.length
      sum.wallMs += wallMs
      sum.passes += passes
      sum.drafted += drafted
      sum.accepted += accepted
      sums.set(name, sum)
    }
    for (const { prompt, input } of prompts) {
      const ready = await prepareModel(model, prompt)
      const plain = () => decodeOnce(decodePlainly(ready, prompt, { maxTokens }))
      const expected = await plain()
      add('plain', expected)
      for (const { name, nodes, depth, isObserving, make } of drafters) {
        const drafter = make({ index, matrix, prompt, input })
        const options = { maxTokens, budget: { nodes, depth }, isObserving }
        const decoded = await decodeOnce(decodeSpeculatively(ready, drafter, prompt, options))
        if (decoded.tokens.join() !== expected.tokens.join()) throw new Error(`${name} decoded something else: ${set}`)
        add(name, decoded)
      }
      add('plain', await plain())
    }
    const plain = sums.get('plain')
    const plainMs = plain.wallMs / plain.tokens
    for (const [name, { tokens, wallMs, passes, drafted, accepted }] of sums) {
      const { nodes = 0 } = drafters.find((drafter) => drafter.name === name) ?? {}
      rows.push({
        set,
        drafter: name,
        nodes,
        tokens,
        msPerToken: wallMs / tokens,
        speedup: plainMs / (wallMs / tokens),
        acceptedPerStep: accepted / passes,
        draftedPerStep: drafted / passes,
      })
    }
  }
  return rows
}
