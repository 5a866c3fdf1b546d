/** Which tokens may come next, so that a text stays among those that are allowed? `POST /v1/indexes/{names}/allowed` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { AllowedNext, Constraint } from '../../drafting/constraint/constraint.js'
import { IndexConstraint } from '../../drafting/constraint/index-constraint.js'
import { TitleConstraint } from '../../drafting/constraint/title-constraint.js'
import { IndexNgrams } from '../../drafting/index-ngrams.js'
import type { IndexReader } from '../../query/index-reader.js'
import { type FollowedContext, followContexts } from '../drafting/allowed-texts.js'
import { Turn } from '../guards/turn.js'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { readTokenPatterns, sessionField, tokenTexts } from '../schemas/drafting.js'
import { patternSchema } from '../schemas/pattern.js'
import { callFields, namesParams } from '../schemas/request.js'

const maxContexts = 64
const maxWindow = 64
/** Entries of all contexts together. */
const maxEntries = 2_000_000

const request = z
  .strictObject({
    contexts: z
      .array(z.strictObject({ context: patternSchema, session: sessionField }))
      .min(1)
      .max(maxContexts)
      .describe('What was decoded of each text since the constraint began; without the prompt, and empty at first.'),
    within: z
      .enum(['corpus', 'documents', 'titles'])
      .default('corpus')
      .describe(
        '`corpus`: strings that occur. `documents`: whole documents, from their start; an index of titles is a list of titles. `titles`: those of the request.',
      ),
    window: z
      .number()
      .int()
      .min(1)
      .max(maxWindow)
      .optional()
      .describe('Only so many last tokens of the context have to occur, with the next one; `corpus` only.'),
    titles: z
      .array(patternSchema)
      .min(1)
      .max(limits.patternsPerRequest)
      .optional()
      .describe('Texts or token ids, each as it stands after the prompt, a space before it included; `titles` only.'),
    limit: z
      .number()
      .int()
      .min(1)
      .max(maxEntries)
      .optional()
      .describe('Entries of each context at most, the most frequent ones; all by default.'),
    withText: z.boolean().default(false).describe('Also say what each token says.'),
    ...callFields,
  })
  .meta({ examples: [{ contexts: [{ context: 'the natural' }] }] })

const count = z.number().int().min(0)

const answer = z.object({
  generation: stateFields.generation,
  indexes: stateFields.indexes,
  allowed: z
    .array(
      z.object({
        contextTokens: count.describe('Tokens of the context.'),
        count: count.describe(
          'Occurrences, documents or titles that begin with the context; 0 where it is not allowed.',
        ),
        ids: z.array(count).describe('Token ids that may come next, ascending.'),
        counts: z.array(count).describe('How many go on with each.'),
        endCount: count.describe('How many end here: where it is not 0, the text may end.'),
        otherCount: count.describe('How many go on with what `limit` left out.'),
        texts: tokenTexts,
      }),
    )
    .describe('In the order of the contexts. Counts, `endCount` and `otherCount` sum to `count`.'),
  tookMs: stateFields.tookMs,
})

type Asked = z.output<typeof request>

/** Of a session: the context that was asked for last. */
interface Standing {
  last: FollowedContext<unknown> | null
}

export const allowedRoute = defineRoute({
  operationId: 'listAllowed',
  path: '/v1/indexes/:names/allowed',
  summary: 'List which tokens may come next in constrained decoding',
  description: [
    'Exactly those tokens that go on to a text that is allowed: a string of the corpus (as in arXiv:2204.10628), a whole document, or a',
    'title of a list (as in autoregressive entity retrieval, arXiv:2010.00904).',
  ].join(' '),
  tag: 'drafting',
  scope: 'count',
  params: namesParams,
  request,
  hasBody: true,
  answer,
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ contexts, titles = [] }) => contexts.length * 10 + titles.length / 10,

  async handle({ request: asked, reader, account, drafting, signal }) {
    checkFields(asked)
    const contexts = await readTokenPatterns(
      reader,
      asked.contexts.map(({ context }) => context),
      (at) => `/contexts/${at}/context`,
    )
    const constraint = await makeConstraint(asked, reader, signal)
    const turn = new Turn(signal)
    const follow = async (context: Uint32Array, session: string) => {
      // A session of another constraint stands elsewhere.
      const key = { kind: 'allowed', account, session: `${asked.within} ${asked.window ?? 0} ${session}` } as const
      const begin = async (): Promise<Standing> => ({ last: null })
      return drafting.use(key, reader, begin, async (standing) => {
        const [followed] = await followContexts(constraint, [context], standing.last, turn)
        standing.last = followed
        return { answer: followed, isKept: true }
      })
    }
    const isKept = (at: number) => asked.contexts[at]?.session !== undefined && asked.within !== 'titles'
    const others = contexts.filter((_, at) => !isKept(at))
    const followed = await followContexts(constraint, others, null, turn)
    const places = await Promise.all(
      contexts.map((context, at) => (isKept(at) ? follow(context, asked.contexts[at].session ?? '') : null)),
    )
    const found = places.map((place) => place ?? followed.shift() ?? null)
    return { ...describeState(reader), allowed: await describeAllowed(constraint, found, asked, reader, turn) }
  },
})

function checkFields({ within, window, titles }: Asked): void {
  const refuse = (message: string) => new OmnigramError('bad-argument', `In the request at ${message}.`)
  if (within === 'titles' && titles === undefined) throw refuse('/within: `titles` needs the list of titles')
  if (within !== 'titles' && titles !== undefined) throw refuse(`/titles: a list is given, but within is '${within}'`)
  if (within !== 'corpus' && window !== undefined) throw refuse(`/window: it needs within 'corpus', not '${within}'`)
}

async function makeConstraint(
  { within, window, titles = [] }: Asked,
  reader: IndexReader,
  signal: AbortSignal,
): Promise<Constraint<unknown>> {
  if (within === 'titles') {
    return new TitleConstraint(await readTokenPatterns(reader, titles, (at) => `/titles/${at}`)) as Constraint<unknown>
  }
  const index = await IndexNgrams.open(reader, { signal }, within === 'corpus' ? 'anywhere' : 'document')
  return new IndexConstraint(index, window ?? null) as Constraint<unknown>
}

async function describeAllowed(
  constraint: Constraint<unknown>,
  followed: readonly (FollowedContext<unknown> | null)[],
  { limit, withText }: Asked,
  reader: IndexReader,
  turn: Turn,
) {
  let entries = 0
  const allowed = []
  for (const context of followed) {
    await turn.take()
    const [next = nothing] = context?.place == null ? [] : await constraint.allow([context.place])
    const kept = keepMostFrequent(next, limit)
    entries += kept.tokens.length
    if (entries > maxEntries) {
      throw new OmnigramError(
        'too-expensive',
        `More than ${maxEntries} entries in all: ask fewer contexts, or with a limit.`,
      )
    }
    const sum = (counts: Float64Array) => counts.reduce((total, each) => total + each, 0)
    const total = sum(next.counts)
    allowed.push({
      contextTokens: context?.tokens.length ?? 0,
      count: total + next.endCount,
      ids: [...kept.tokens],
      counts: [...kept.counts],
      endCount: next.endCount,
      otherCount: total - sum(kept.counts),
      ...(withText && { texts: [...(await reader.decodeAlone(kept.tokens))] }),
    })
  }
  return allowed
}

const nothing: AllowedNext = { tokens: new Uint32Array(), counts: new Float64Array(), endCount: 0 }

/** Ties go to the lower id; the order stays ascending. */
function keepMostFrequent(next: AllowedNext, limit: number | undefined): Pick<AllowedNext, 'tokens' | 'counts'> {
  const { tokens, counts } = next
  if (limit === undefined || tokens.length <= limit) return next
  const places = Uint32Array.from(tokens.keys())
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .subarray(0, limit)
    .sort()
  return {
    tokens: Uint32Array.from(places, (place) => tokens[place]),
    counts: Float64Array.from(places, (place) => counts[place]),
  }
}
