/** How does somebody check a benchmark of their own? `POST /v1/contamination/checks` */
import { z } from 'zod'
import { viewNames } from '../../contamination/views.js'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { CheckOrder } from '../contamination/check.js'
import { countUpload } from '../contamination/read-upload.js'
import { defineRoute, type RouteContext } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { checkSchema, describeCheck } from '../schemas/check.js'
import { ownerOf } from './contamination-check.js'

const text = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected text without control characters')
const names = z
  .string()
  .min(1)
  .max(1_100)
  .transform((list) => list.split(','))
  .meta({ type: 'string', minLength: 1, maxLength: 1_100 })
const views = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(z.enum(viewNames)).min(1).max(viewNames.length))
  .meta({ type: 'string', pattern: `^(${viewNames.join('|')})(,(${viewNames.join('|')}))*$` })
const link = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .meta({ type: 'string', format: 'uri', pattern: '^https?://', maxLength: 500 })

const query = z.strictObject({
  name: text.describe('Name of the benchmark.'),
  indexes: names.describe('Names of the indexes to look in, with commas between them.'),
  format: z.enum(['jsonl', 'csv', 'parquet']).optional().describe('Of the file; jsonl by default.'),
  field: text.optional().describe('The field to look for; found by itself for the usual layouts.'),
  answerField: text.optional().describe('The field of the correct answer.'),
  views: views.optional().describe('How a copy may differ: names with commas between them; `exact` by default.'),
  category: text.optional(),
  licence: text.optional(),
  link: link.optional().describe('Where the benchmark is published.'),
  split: text.optional().describe('The part that was uploaded: test, validation, …'),
})

type Asked = z.output<typeof query>

export const addCheckRoute = defineRoute({
  operationId: 'addCheck',
  path: '/v1/contamination/checks',
  summary: 'Upload a benchmark and have it checked',
  description: [
    `The body is the file: at most ${limits.benchmarkUploadBytes} bytes and ${limits.benchmarkUploadItems} items.`,
    'It is read at once, so that what is wrong with it is told at once; the search goes on after the answer. Of many',
    'items a sample is checked. Nobody but who knows the id of the check sees its report, until it is published.',
  ].join(' '),
  tag: 'contamination',
  scope: 'batch',
  params: z.object({}),
  request: query,
  hasBody: false,
  upload: {
    maxBytes: limits.benchmarkUploadBytes,
    mediaTypes: ['application/octet-stream', 'application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet'],
    example: '{"id": "1", "question": "Which gas do plants take from the air?", "answer": "Carbon dioxide"}\n',
  },
  link: { query, toRequest: (asked) => ({ ...asked, indexes: asked.indexes.join(), views: asked.views?.join() }) },
  answer: z.object({ check: checkSchema, tookMs: stateFields.tookMs }),
  status: 202,
  problems: ['unknown-index', 'bad-benchmark'],
  cost: () => 100,
  handle: async (context) => {
    const { file, request: asked, contamination, signal } = context
    const indexes = checkIndexes(context, asked.indexes)
    const order = { ...readOrder(asked), indexes }
    const itemsInFile = await countUpload(order, file, signal)
    const check = contamination.addCheck(ownerOf(context), { ...order, itemsInFile }, file)
    return { check: describeCheck(check, contamination.countBefore(check)) }
  },
})

function readOrder({
  name,
  format = 'jsonl',
  views: asked = ['exact'],
  ...rest
}: Asked): Omit<CheckOrder, 'indexes' | 'itemsInFile'> {
  const { field = null, answerField = null, category = null, licence = null, link: address = null, split = null } = rest
  if (new Set(asked).size < asked.length) throw new OmnigramError('bad-argument', 'A view is named twice.')
  return { name, format, views: asked, field, answerField, category, licence, link: address, split }
}

/** Throws `unknown-index`, and `bad-argument` for a name that stands twice or is of an index of tokens. */
function checkIndexes({ indexes }: RouteContext<object, Asked>, wanted: readonly string[]): string[] {
  const { manifest, name, parts } = indexes.open(wanted.join())
  if (manifest.symbols !== 'bytes') {
    const detail = `${name} is an index of tokens; benchmarks are looked for in an index of text.`
    throw new OmnigramError('bad-argument', detail)
  }
  return parts.map((part) => part.name)
}
