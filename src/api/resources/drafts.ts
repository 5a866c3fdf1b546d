/** What may come next, as trees of guesses? `POST /v1/indexes/{names}/drafts` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import { DraftSession } from '../drafting/draft-session.js'
import { describeDraft, proposeFrom } from '../drafting/propose-draft.js'
import { Turn } from '../guards/turn.js'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { readTokenPatterns, sessionField, tokenTexts } from '../schemas/drafting.js'
import { patternSchema } from '../schemas/pattern.js'
import { callFields, namesParams } from '../schemas/request.js'

const maxContexts = 64
const maxNodes = 256
const maxDepth = 64
const maxMatchTokens = 64

/** How to draft. */
export const draftFields = {
  drafter: z
    .enum(['retrieval', 'suffix'])
    .default('retrieval')
    .describe(
      '`retrieval`: the most frequent continuations of the longest known end. `suffix`: as many as they are sure.',
    ),
  nodes: z.number().int().min(1).max(maxNodes).default(64).describe('Drafted tokens at most, for each context.'),
  depth: z.number().int().min(1).max(maxDepth).default(10).describe('Longest drafted path.'),
  maxMatch: z
    .number()
    .int()
    .min(1)
    .max(maxMatchTokens)
    .default(16)
    .describe('Tokens of the longest end of the context that is looked for.'),
  minMatch: z
    .number()
    .int()
    .min(1)
    .max(maxMatchTokens)
    .default(2)
    .describe('Where a shorter end is all that occurs, nothing is drafted; `retrieval` only.'),
  minProbability: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.1)
    .describe('Product of the frequencies down to a node, at least; `suffix` only.'),
}

const request = z
  .strictObject({
    contexts: z
      .array(z.strictObject({ context: patternSchema, session: sessionField }))
      .min(1)
      .max(maxContexts)
      .describe('What was decoded up to now, prompt included: one entry for each sequence.'),
    ...draftFields,
    withText: z.boolean().default(false).describe('Also say what each token says.'),
    ...callFields,
  })
  .meta({ examples: [{ contexts: [{ context: 'the natural language' }], nodes: 16 }] })

const nodeNumbers = z.array(z.number().int())

const answer = z.object({
  generation: stateFields.generation,
  indexes: stateFields.indexes,
  drafts: z
    .array(
      z.object({
        contextTokens: z.number().int().min(1).describe('Tokens of the context.'),
        tokens: nodeNumbers.describe('By node; node 0 is the last token of the context.'),
        parents: nodeNumbers.describe('The node that each node continues, always an earlier one; -1 for node 0.'),
        positions: nodeNumbers.describe('Steps from node 0.'),
        texts: tokenTexts,
      }),
    )
    .describe('In the order of the contexts; a tree of node 0 alone where nothing is known.'),
  tookMs: stateFields.tookMs,
})

type Asked = z.output<typeof request>

export const draftsRoute = defineRoute({
  operationId: 'draftContinuations',
  path: '/v1/indexes/:names/drafts',
  summary: 'Draft continuations for speculative decoding',
  description: [
    'Trees of what followed the end of each context in an index of tokens, with exact frequencies; drafts end where documents end.',
    'Retrieval drafts as in REST (arXiv:2311.08252), suffix decoding as in arXiv:2411.04975.',
  ].join(' '),
  tag: 'drafting',
  scope: 'count',
  params: namesParams,
  request,
  hasBody: true,
  answer,
  problems: ['unknown-index', 'bad-pattern', 'damaged-index'],
  cost: ({ contexts, nodes }) => contexts.length * (5 + nodes / 2),

  async handle({ request: asked, reader, account, drafting, signal }) {
    const begin = () => DraftSession.begin(reader, signal)
    const contexts = await readContexts(asked, reader)
    const turn = new Turn(signal)
    // For all contexts without a session.
    const common = contexts.some((_, at) => asked.contexts[at]?.session === undefined) ? await begin() : null
    const drafts = await Promise.all(
      contexts.map(async (context, at) => {
        const session = asked.contexts[at]?.session
        const propose = (state: DraftSession) => proposeFrom(state, context, asked, signal, turn)
        const tree =
          session === undefined
            ? await propose(common?.fork() ?? (await begin()))
            : await drafting.use({ kind: 'draft', account, session }, reader, begin, async (state) => ({
                answer: await propose(state),
                isKept: true,
              }))
        return describeDraft(tree, context.length, asked.withText ? await reader.decodeAlone(tree.tokens) : null)
      }),
    )
    return { ...describeState(reader), drafts }
  },
})

async function readContexts({ contexts }: Asked, reader: IndexReader): Promise<Uint32Array[]> {
  const patterns = await readTokenPatterns(
    reader,
    contexts.map(({ context }) => context),
    (at) => `/contexts/${at}/context`,
  )
  return patterns.map((ids, at) => {
    if (ids.length > 0) return ids
    throw new OmnigramError('bad-argument', `In the request at /contexts/${at}/context: it holds no token.`)
  })
}
