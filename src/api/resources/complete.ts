/** How does the server's language model go on with a text, with the index at its side? `POST /v1/indexes/{names}/complete` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import {
  type CompletionConstraint,
  type CompletionEvent,
  type CompletionOptions,
  completionDefaults,
  completionModes,
  drafterNames,
} from '../../drafting/complete/completion.js'
import { superposedPresets } from '../../drafting/filter/filter-options.js'
import type { IndexReader } from '../../query/index-reader.js'
import { defineRoute, type RouteContext } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { readTokenPatterns } from '../schemas/drafting.js'
import { patternSchema } from '../schemas/pattern.js'
import { callFields, namesParams } from '../schemas/request.js'

const maxTokens = 512
const maxNodes = 64
const maxDepth = 16
const maxWindow = 64

const presets = Object.keys(superposedPresets) as [keyof typeof superposedPresets]

const request = z
  .strictObject({
    prompt: patternSchema,
    mode: z
      .enum(completionModes)
      .default(completionDefaults.mode)
      .describe(
        '`superposed`: several drafts in one stream of the model. `speculative`: one text, several tokens a pass. `plain`: one token a pass.',
      ),
    tokens: z.number().int().min(1).max(maxTokens).default(completionDefaults.maxTokens).describe('Tokens at most.'),
    seed: z.number().int().min(0).max(4_294_967_295).default(0).describe('Of sampling and of restarts.'),
    preset: z.enum(presets).default('p15_d3').describe('Superposed: published parameters, as in `filter`.'),
    filter: z.boolean().default(true).describe('Superposed: whether n-grams of the index tell the drafts apart.'),
    resetAfter: z
      .number()
      .int()
      .min(1)
      .max(maxTokens)
      .optional()
      .describe('Superposed: all drafts restart from one of them after so many tokens; never by default.'),
    drafter: z.enum(drafterNames).default(completionDefaults.drafter).describe('Speculative: who guesses.'),
    nodes: z.number().int().min(1).max(maxNodes).default(completionDefaults.nodes).describe('Tokens drafted a pass.'),
    depth: z.number().int().min(1).max(maxDepth).default(completionDefaults.depth).describe('Longest drafted path.'),
    temperature: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe('Plain, speculative: 0 takes the likeliest token each time.'),
    topP: z.number().min(0.01).max(1).default(1).describe('Plain, speculative: share of the probability sampled from.'),
    origins: z
      .boolean()
      .default(false)
      .describe('Speculative: say in which document accepted tokens stand; needs the scope `documents`.'),
    within: z
      .enum(['corpus', 'documents', 'titles'])
      .optional()
      .describe('Plain, speculative: the text has to be one that is allowed, as in `allowed`.'),
    window: z.number().int().min(1).max(maxWindow).optional().describe('As in `allowed`.'),
    titles: z.array(patternSchema).min(1).max(limits.patternsPerRequest).optional().describe('As in `allowed`.'),
    ...callFields,
  })
  .meta({ examples: [{ prompt: 'It is a truth universally acknowledged', mode: 'superposed', tokens: 8 }] })

const eventSchema = z.looseObject({ kind: z.enum(['start', 'drafts', 'tokens', 'end']) }).meta({
  id: 'CompletionEvent',
  description: '`start`, then `drafts` or `tokens` for each pass of the model, then `end`.',
})

type Asked = z.output<typeof request>
type Context = RouteContext<unknown, Asked>

export const completeRoute = defineRoute({
  operationId: 'completeText',
  path: '/v1/indexes/:names/complete',
  summary: 'Go on with a text by the language model of the server',
  description: [
    'Superposed drafts (arXiv:2405.18400) or one text with drafts from the index, verified so that the output is the',
    "model's own. As JSON lines each event comes when it is there, and the deadline holds for each; as JSON all together.",
  ].join(' '),
  tag: 'drafting',
  scope: 'count',
  params: namesParams,
  request,
  hasBody: true,
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    events: z.array(eventSchema),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'no-model', 'damaged-index'],
  // A pass of a model costs as much as hundreds of counts.
  cost: ({ tokens }) => tokens * 250,
  extraScope: ({ origins }) => (origins ? 'documents' : null),

  async handle(context) {
    const events: CompletionEvent[] = []
    for await (const event of complete(context)) events.push(event)
    return { ...describeState(context.reader), events: events.map((event) => ({ ...event })) }
  },
  live: complete,
})

async function* complete({ request: asked, reader, completions, signal }: Context): AsyncGenerator<CompletionEvent> {
  const [prompt] = await readTokenPatterns(reader, [asked.prompt], () => '/prompt')
  const options = await readOptions(asked, reader)
  yield* completions.complete(reader, prompt, options, signal)
}

async function readOptions(asked: Asked, reader: IndexReader): Promise<CompletionOptions> {
  const { mode, tokens, seed, preset, filter, resetAfter, drafter, nodes, depth, temperature, topP, origins } = asked
  return {
    mode,
    maxTokens: tokens,
    seed,
    preset,
    isFiltered: filter,
    ...(resetAfter !== undefined && { resetAfter }),
    drafter,
    nodes,
    depth,
    temperature,
    topP,
    hasOrigins: origins,
    constraint: await readConstraint(asked, reader),
  }
}

async function readConstraint(
  { within, window, titles }: Asked,
  reader: IndexReader,
): Promise<CompletionConstraint | null> {
  const refuse = (message: string) => new OmnigramError('bad-argument', `In the request at ${message}.`)
  if (within !== 'titles' && titles !== undefined) throw refuse("/titles: it needs within 'titles'")
  if (within !== 'corpus' && window !== undefined) throw refuse("/window: it needs within 'corpus'")
  if (within === undefined) return null
  if (within === 'documents') return { within }
  if (within === 'corpus') return { within, window: window ?? null }
  if (titles === undefined) throw refuse('/within: `titles` needs the list of titles')
  return { within, titles: await readTokenPatterns(reader, titles, (at) => `/titles/${at}`) }
}
