/** How does somebody have traps looked for? `POST /v1/traps/jobs` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { defineRoute, type RouteContext } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { booleanText, integerText } from '../schemas/request.js'
import { describeTrapJob, trapJobSchema } from '../schemas/trap-job.js'
import { readTraps } from '../traps/run-trap-job.js'
import { type TrapOrder, trapTasks } from '../traps/trap-job.js'
import { ownerOf } from './trap-job.js'

const maxReplaced = 50

const query = z.strictObject({
  task: z.enum(trapTasks),
  indexes: z
    .string()
    .min(1)
    .max(1_100)
    .optional()
    .describe('Names with commas between them; of `survival` the corpus before and after; of `detection` none.'),
  leaks: booleanText('Of `presence`: the indexes are of others, and no trap is planned there.').optional(),
  replaced: integerText(0, maxReplaced, 'Of `neighbours`: tokens that may be replaced; 4 by default.').optional(),
  method: z.enum(['substring', 'line']).optional().describe('Of `survival`: the cleaning that is expected.'),
  length: integerText(1, limits.contextUnits, 'Of `survival`: bytes of a repeated string; 100 by default.').optional(),
  keepFirst: booleanText('Of `survival`: the first copy of a repeated string stays.').optional(),
  seed: integerText(0, 4_294_967_295, 'Of `detection`: seed of intervals and permutations.').optional(),
})

/** As {@link query}, but its numbers and truths are what they mean. */
const request = z.strictObject({
  task: z.enum(trapTasks),
  indexes: z.array(z.string()),
  leaks: z.boolean(),
  replaced: z.number(),
  method: z.enum(['substring', 'line']),
  length: z.number(),
  keepFirst: z.boolean(),
  seed: z.number(),
})

type Asked = z.output<typeof request>

export const addTrapJobRoute = defineRoute({
  operationId: 'addTrapJob',
  path: '/v1/traps/jobs',
  summary: 'Upload a registry of traps and have them looked for',
  description: [
    `The body is the registry, a line of JSON a trap: at most ${limits.trapUploadBytes} bytes and ${limits.trapUploadTraps} traps. For a`,
    '`detection` lines of scores follow behind them, as `omnigram traps detect --save-scores` writes them. It is read at once, so that what is',
    'wrong with it is told at once; the search goes on after the answer. A registry is private: it is kept in memory alone until the job',
    'ends, no text of it is in a result or a log, and results are forgotten after an hour. `presence` and `neighbours` name documents, and need',
    'the scope `documents` too.',
  ].join(' '),
  tag: 'traps',
  scope: 'batch',
  params: z.object({}),
  request,
  hasBody: false,
  upload: {
    maxBytes: limits.trapUploadBytes,
    mediaTypes: ['application/x-ndjson', 'application/octet-stream'],
    example:
      '{"id": "t1", "text": "zebra quartz", "tokens": [1, 2], "perplexity": 20.5, "bucket": 1, "seed": 1, "role": "trap", "repetitions": 10}\n',
  },
  link: {
    query,
    toRequest: ({ indexes, ...asked }) => ({
      leaks: false,
      replaced: 4,
      method: 'substring' as const,
      length: 100,
      keepFirst: false,
      seed: 0,
      ...asked,
      indexes: indexes?.split(',') ?? [],
    }),
  },
  answer: z.object({ job: trapJobSchema, tookMs: stateFields.tookMs }),
  status: 202,
  problems: ['unknown-index', 'bad-registry'],
  cost: () => 100,
  extraScope: ({ task }) => (task === 'presence' || task === 'neighbours' ? 'documents' : null),
  handle: async (context) => {
    const { file, request: asked, traps: desk, signal } = context
    const indexes = checkIndexes(context)
    const want = asked.task === 'detection' ? 'count-scored' : 'count'
    const { count } = await readTraps({ file, want, seed: asked.seed }, signal)
    const job = desk.add(ownerOf(context), readOrder(asked, indexes, count), file)
    return { job: describeTrapJob(job, desk.countBefore(job)) }
  },
})

function readOrder({ length, keepFirst, ...asked }: Asked, indexes: string[], traps: number): TrapOrder {
  return { ...asked, indexes, traps, substringBytes: length, keepsFirst: keepFirst }
}

/** Throws `unknown-index`, and `bad-argument` for too few or too many, or tokens where text is needed. */
function checkIndexes({ indexes, request: { task, indexes: wanted } }: RouteContext<object, Asked>): string[] {
  if (task === 'detection') {
    if (wanted.length === 0) return []
    throw new OmnigramError('bad-argument', 'A detection goes by scores: name no indexes.')
  }
  if (wanted.length === 0) throw new OmnigramError('bad-argument', 'Name the indexes to look in.')
  if (task === 'survival' && wanted.length !== 2) {
    const detail = `A survival compares two indexes, the corpus before and after; ${wanted.length} are named.`
    throw new OmnigramError('bad-argument', detail)
  }
  // Opened one by one: indexes of text and of tokens are not read as one here.
  const readers = wanted.map((name) => indexes.open(name))
  const names = readers.map(({ name }) => name)
  if (new Set(names).size < names.length) throw new OmnigramError('bad-argument', 'An index is named twice.')
  const ofTokens = task === 'presence' ? undefined : readers.find(({ manifest }) => manifest.symbols === 'tokens')
  if (ofTokens) {
    const detail = `${ofTokens.name} is an index of tokens; this is looked for in text.`
    throw new OmnigramError('bad-argument', detail)
  }
  return names
}
