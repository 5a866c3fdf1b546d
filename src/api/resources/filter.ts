/** How likely are candidates after drafts, by counting, and which go on? `POST /v1/indexes/{names}/filter` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { superposedPresets } from '../../drafting/filter/filter-options.js'
import { joinScores } from '../../drafting/filter/superposed-search.js'
import { FilterSession } from '../drafting/filter-session.js'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { sessionField, tokenIds } from '../schemas/drafting.js'
import { callFields, namesParams } from '../schemas/request.js'

const maxDrafts = 64
const maxCandidates = 512
const maxOrders = 8
const maxDraftTokens = 4_096

const presets = Object.keys(superposedPresets) as [keyof typeof superposedPresets]

const request = z
  .strictObject({
    drafts: z
      .array(tokenIds(maxDraftTokens))
      .min(1)
      .max(maxDrafts)
      .describe(
        'The token ids of each draft, prompt included; only the last ones count, one fewer than the largest order.',
      ),
    candidates: tokenIds(maxCandidates).min(1).describe('Token ids that may come next, the same for all drafts.'),
    preset: z
      .enum(presets)
      .default('p15_d3')
      .describe(
        'Published parameters: `p` tokens of prompt or `g` of output, `d` drafts. The fields below replace them.',
      ),
    orderWeights: z
      .array(z.number().min(0).max(1e6))
      .min(1)
      .max(maxOrders)
      .optional()
      .describe('Weights of the orders from 2 on.'),
    alpha: z.number().min(0).max(1).optional().describe('Exponent of the n-gram probability.'),
    penalty: z.number().min(0).max(1e6).optional().describe('What a draft loses none of whose candidates was counted.'),
    logProbabilities: z
      .array(z.number().max(0).nullable())
      .max(maxCandidates)
      .optional()
      .describe("Natural logarithms of the model's probabilities of the candidates; null for a probability of zero."),
    scores: z.array(z.number()).max(maxDrafts).optional().describe('Of the drafts up to now; zero by default.'),
    keep: z
      .number()
      .int()
      .min(1)
      .max(maxDrafts)
      .optional()
      .describe('Drafts to go on with; as many as the preset has.'),
    session: sessionField,
    ...callFields,
  })
  .meta({ examples: [{ drafts: [[504, 2365]], candidates: [282, 314], logProbabilities: [-0.3, -1.4] }] })

const place = z.number().int().min(0)

export const filterRoute = defineRoute({
  operationId: 'filterCandidates',
  path: '/v1/indexes/:names/filter',
  summary: 'Score the candidates of a decoding step by n-grams',
  description: [
    'The n-gram filter of superposed decoding (arXiv:2405.18400): Σ λₙ · count(last n−1 tokens, candidate) / count(last n−1 tokens),',
    'exact. With `logProbabilities` the scores of drafts and candidates are joined, and the best are named.',
  ].join(' '),
  tag: 'drafting',
  scope: 'count',
  params: namesParams,
  request,
  hasBody: true,
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    probabilities: z.array(z.array(z.number().min(0))).describe('By draft, then by candidate.'),
    best: z
      .array(z.object({ draft: place, candidate: place, token: place, score: z.number() }))
      .optional()
      .describe('Which drafts go on with which candidates, best first; with `logProbabilities`.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ drafts, candidates }) => 1 + (drafts.length * candidates.length) / 10,

  async handle({ request: asked, reader, account, drafting, signal }) {
    const { session } = asked
    const settings = readSettings(asked)
    checkLengths(asked)
    const begin = () => FilterSession.begin(reader, signal)
    const [candidates, ...drafts] = (await reader.encode(
      [asked.candidates, ...asked.drafts].map((ids) => Uint32Array.from(ids)),
    )) as Uint32Array[]
    checkCursors(drafts.length, candidates.length, settings.orderWeights.length)
    const score = (state: FilterSession) => state.score(drafts, candidates, settings.orderWeights, signal)
    const probabilities =
      session === undefined
        ? await score(await begin())
        : await drafting.use({ kind: 'filter', account, session }, reader, begin, async (state) => ({
            answer: await score(state),
            isKept: state.isSmall,
          }))
    const width = candidates.length
    const rows = drafts.map((_, draft) => Array.from(probabilities.subarray(draft * width, (draft + 1) * width)))
    const { logProbabilities, scores = [] } = asked
    const best = logProbabilities && rankJointly(rows, logProbabilities, scores, settings, asked.candidates)
    return { ...describeState(reader), probabilities: rows, ...(best && { best }) }
  },
})

type Asked = z.output<typeof request>

function readSettings({ preset, orderWeights, alpha, penalty, keep }: Asked) {
  const published = superposedPresets[preset]
  return {
    smoothing: published.smoothing,
    orderWeights: orderWeights ?? published.orderWeights,
    alpha: alpha ?? published.alpha,
    penalty: penalty ?? published.penalty,
    keep: keep ?? published.drafts,
  }
}

function checkLengths({ drafts, candidates, logProbabilities, scores }: Asked): void {
  if (logProbabilities && logProbabilities.length !== candidates.length) {
    throw new OmnigramError(
      'bad-argument',
      `In the request at /logProbabilities: ${logProbabilities.length} values for ${candidates.length} candidates.`,
    )
  }
  if (scores && scores.length !== drafts.length) {
    throw new OmnigramError(
      'bad-argument',
      `In the request at /scores: ${scores.length} values for ${drafts.length} drafts.`,
    )
  }
}

function checkCursors(drafts: number, candidates: number, orders: number): void {
  const cursors = drafts * candidates * (orders + 1)
  if (cursors <= limits.cursors) return
  throw new OmnigramError(
    'too-expensive',
    `${drafts} drafts with ${candidates} candidates and ${orders} orders are ${cursors} cursors, the limit is ${limits.cursors}.`,
  )
}

function rankJointly(
  probabilities: readonly (readonly number[])[],
  logProbabilities: readonly (number | null)[],
  scores: readonly number[],
  settings: ReturnType<typeof readSettings>,
  candidates: readonly number[],
) {
  const model = logProbabilities.map((value) => value ?? Number.NEGATIVE_INFINITY)
  return probabilities
    .flatMap((counted, draft) =>
      Array.from(joinScores(settings, model, counted), (joined, candidate) => ({
        draft,
        candidate,
        token: candidates[candidate] ?? 0,
        score: (scores[draft] ?? 0) + joined,
      })),
    )
    .filter(({ score }) => Number.isFinite(score))
    .sort((a, b) => b.score - a.score)
    .slice(0, settings.keep)
}
