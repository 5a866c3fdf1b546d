/**
 * What do three superposed drafts cost beside one greedy stream, and how likely does the model itself hold them, with the n-gram filter and
 * without?
 */
import { decodePlainly } from '../../dist/drafting/decode/decode-plain.js'
import { decodeSuperposed } from '../../dist/drafting/decode/decode-superposed.js'
import { superposedPresets } from '../../dist/drafting/filter/filter-options.js'
import { NgramFilter } from '../../dist/drafting/filter/ngram-filter.js'
import { logSoftmax } from '../../dist/models/softmax.js'
import { makeRandom } from '../workload.mjs'
import { prepareModel } from './ready-model.mjs'

/** The published parameters for prompts of 15 tokens. */
const preset = superposedPresets.p15_d3
const promptTokens = 15
const resamples = 2_000

/** The published filter, weaker ones, the model alone, and two presets of other temperatures. */
const variants = [
  { name: 'filter', search: preset },
  { name: 'no filter', search: { ...preset, smoothing: 'none' } },
  { name: 'filter, α 0.25', search: { ...preset, alpha: 0.25 } },
  { name: 'filter, α 0.1', search: { ...preset, alpha: 0.1 } },
  { name: 'filter, first step joined', search: { ...preset, firstStep: 'joined' } },
  { name: 'filter, τ 0.12', search: { ...preset, temperature: 0.12 } },
  { name: 'no filter, τ 0.12', search: { ...preset, temperature: 0.12, smoothing: 'none' } },
]

/** Natural logarithm of the probability of `tokens` after `prompt`, by the model at temperature 1. */
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

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

/** The mean, and where 95 of 100 means of resampled prompts lie. */
function bootstrap(values, random) {
  const means = Array.from({ length: resamples }, () =>
    mean(values.map(() => values[Math.floor(random() * values.length)])),
  ).sort((a, b) => a - b)
  return { mean: mean(values), low: means[Math.floor(resamples * 0.025)], high: means[Math.floor(resamples * 0.975)] }
}

/**
 * Drafts of `maxTokens` after the first 15 tokens of each context. Perplexities are those of the geometric mean over prompts; `ratio`
 * compares with those of the same prompts without the filter, at the preset's temperature.
 */
export async function measureSuperposed({ model, index, contexts, maxTokens, seed, say }) {
  say('decoding three superposed drafts')
  const filter = new NgramFilter(index, preset.orderWeights)
  const sums = { plainMs: 0, ...Object.fromEntries(variants.map(({ name }) => [name, 0])) }
  /** By variant and prompt: natural logarithm a token, of the best draft and of all three. */
  const logs = Object.fromEntries(['greedy', ...variants.map(({ name }) => name)].map((name) => [name, []]))
  for (const context of contexts) {
    const prompt = context.subarray(0, promptTokens)
    const ready = { ...(await prepareModel(model, prompt)), endToken: null }
    const greedy = []
    const start = performance.now()
    for await (const token of decodePlainly(ready, prompt, { maxTokens })) greedy.push(token)
    sums.plainMs += performance.now() - start
    const own = (await scoreDraft(model, prompt, greedy)) / maxTokens
    logs.greedy.push({ best: own, all: own })
    for (const { name, search } of variants) {
      const { last, wallMs } = await lastOf(decodeSuperposed(ready, filter, prompt, { search, maxTokens }))
      sums[name] += wallMs
      const scores = []
      for (const { tokens } of last) scores.push((await scoreDraft(model, prompt, tokens)) / maxTokens)
      logs[name].push({ best: Math.max(...scores), all: mean(scores) })
    }
  }
  const random = makeRandom(seed)
  const describe = (name) => {
    const measure = (which) => {
      const excess = logs[name].map((of, at) => logs['no filter'][at][which] - of[which])
      const { mean: middle, low, high } = bootstrap(excess, random)
      const perplexity = Math.exp(-mean(logs[name].map((of) => of[which])))
      return { perplexity, ratio: Math.exp(middle), ratioLow: Math.exp(low), ratioHigh: Math.exp(high) }
    }
    return { name, best: measure('best'), all: measure('all') }
  }
  return {
    preset: 'p15_d3',
    prompts: contexts.length,
    promptTokens,
    tokens: maxTokens,
    timeOfGreedy: { filtered: sums.filter / sums.plainMs, unfiltered: sums['no filter'] / sums.plainMs },
    greedyMsPerToken: sums.plainMs / (contexts.length * maxTokens),
    rows: ['greedy', ...variants.map(({ name }) => name)].map(describe),
  }
}
