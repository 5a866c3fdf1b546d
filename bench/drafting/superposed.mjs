/** What do three superposed drafts cost beside one greedy stream, and is the best of them better with the n-gram filter? */
import { decodePlainly } from '../../dist/drafting/decode/decode-plain.js'
import { decodeSuperposed } from '../../dist/drafting/decode/decode-superposed.js'
import { superposedPresets } from '../../dist/drafting/filter/filter-options.js'
import { NgramFilter } from '../../dist/drafting/filter/ngram-filter.js'
import { logSoftmax } from '../../dist/models/softmax.js'
import { prepareModel } from './ready-model.mjs'

/** The published parameters for prompts of 15 tokens. */
const preset = superposedPresets.p15_d3

/** Natural logarithm of the probability of `tokens` after `prompt`, by the model. */
async function scoreDraft(model, prompt, tokens) {
  const session = (await prepareModel(model, prompt)).startSession()
  await session.read(prompt.subarray(0, -1))
  const logits = await session.readAll(Uint32Array.of(prompt.at(-1), ...tokens.slice(0, -1)))
  return tokens.reduce((sum, token, row) => {
    const logs = logSoftmax(logits.subarray(row * model.vocabulary, (row + 1) * model.vocabulary))
    return sum + logs[token]
  }, 0)
}

async function lastOf(steps) {
  const start = performance.now()
  let last = []
  for await (const step of steps) last = step
  return { last, wallMs: performance.now() - start }
}

/** Prompts of 15 tokens, drafts of `maxTokens`. */
export async function measureSuperposed({ model, index, prompts, maxTokens, say }) {
  say('decoding three superposed drafts')
  const filter = new NgramFilter(index, preset.orderWeights)
  const sums = { plainMs: 0, filteredMs: 0, unfilteredMs: 0 }
  const logs = { greedy: 0, filtered: 0, unfiltered: 0 }
  const perplexities = { greedy: [], filtered: [], unfiltered: [] }
  let tokens = 0
  for (const prompt of prompts) {
    const ready = await prepareModel(model, prompt)
    const unending = { ...ready, endToken: null }
    const greedy = []
    const start = performance.now()
    for await (const token of decodePlainly(unending, prompt, { maxTokens })) greedy.push(token)
    sums.plainMs += performance.now() - start
    const run = (smoothing) =>
      lastOf(decodeSuperposed(unending, filter, prompt, { search: { ...preset, smoothing }, maxTokens }))
    const filtered = await run('geometric')
    const unfiltered = await run('none')
    sums.filteredMs += filtered.wallMs
    sums.unfilteredMs += unfiltered.wallMs
    const best = async (drafts) =>
      Math.max(...(await Promise.all(drafts.map((draft) => scoreDraft(model, prompt, draft.tokens)))))
    const scores = {
      greedy: await scoreDraft(model, prompt, greedy),
      filtered: await best(filtered.last),
      unfiltered: await best(unfiltered.last),
    }
    tokens += maxTokens
    for (const [name, score] of Object.entries(scores)) {
      logs[name] += score
      perplexities[name].push(Math.exp(-score / maxTokens))
    }
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
  const describe = (name) => ({
    perplexity: Math.exp(-logs[name] / tokens),
    meanPerplexity: mean(perplexities[name]),
    medianPerplexity: median(perplexities[name]),
  })
  return {
    preset: 'p15_d3',
    prompts: prompts.length,
    promptTokens: prompts[0].length,
    tokens: maxTokens,
    timeOfGreedy: { filtered: sums.filteredMs / sums.plainMs, unfiltered: sums.unfilteredMs / sums.plainMs },
    greedyMsPerToken: sums.plainMs / tokens,
    greedy: describe('greedy'),
    filtered: describe('filtered'),
    unfiltered: describe('unfiltered'),
  }
}
