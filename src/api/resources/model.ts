/** Which language model completes texts here, and with which indexes? `GET /v1/model` */
import { z } from 'zod'
import { completionDefaults, completionModes, drafterNames } from '../../drafting/complete/completion.js'
import { superposedPresets } from '../../drafting/filter/filter-options.js'
import { defineRoute } from '../route.js'
import { stateFields } from '../schemas/answer.js'

const count = z.number().int().min(0)

export const modelRoute = defineRoute({
  operationId: 'describeModel',
  path: '/v1/model',
  summary: 'Describe the language model of the server',
  tag: 'drafting',
  scope: 'count',
  params: z.strictObject({}),
  request: z.strictObject({}),
  hasBody: false,
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  answer: z.object({
    model: z
      .object({
        name: z.string().describe('Name of its file.'),
        vocabulary: count,
        contextLength: count.describe('Longest text that it reads, in tokens.'),
        canEnd: z.boolean().describe('Whether it has a token that ends a text; constraints need one.'),
      })
      .nullable()
      .describe('Null where the server was started without --model.'),
    indexes: z.array(
      z.object({
        name: z.string(),
        lack: z.string().nullable().describe('Why texts cannot be completed with it; null where they can.'),
      }),
    ),
    modes: z.array(z.enum(completionModes)),
    drafters: z.array(z.enum(drafterNames)),
    presets: z.array(
      z.object({ name: z.string(), drafts: count, candidates: count, alpha: z.number(), temperature: z.number() }),
    ),
    defaults: z.object({ preset: z.string(), drafter: z.string(), tokens: count }),
    tookMs: stateFields.tookMs,
  }),
  problems: [],
  cost: () => 1,
  // The model is the same for as long as the server runs, the indexes are not.
  fingerprint: () => null,

  async handle({ indexes, completions }) {
    const { served } = completions
    return {
      model: served && {
        name: served.name,
        vocabulary: served.model.vocabulary,
        contextLength: served.model.contextLength,
        canEnd: served.model.endToken !== null,
      },
      indexes: indexes.list().map((reader) => ({ name: reader.name, lack: completions.findLack(reader) })),
      modes: [...completionModes],
      drafters: [...drafterNames],
      presets: Object.entries(superposedPresets).map(([name, { drafts, candidates, alpha, temperature }]) => ({
        name,
        drafts,
        candidates,
        alpha,
        temperature,
      })),
      defaults: {
        preset: completionDefaults.preset,
        drafter: completionDefaults.drafter,
        tokens: completionDefaults.maxTokens,
      },
    }
  },
})
