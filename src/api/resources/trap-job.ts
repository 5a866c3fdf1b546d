/** How far is a job on traps, and what came out? `GET` and `DELETE /v1/traps/jobs/{id}`, `GET …/result` */
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import type { JobOwner } from '../jobs/job.js'
import { defineRoute, type RouteContext } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { type DescribedTrapJob, describeTrapJob, trapJobSchema, trapResultSchema } from '../schemas/trap-job.js'
import type { TrapJob, TrapResult } from '../traps/trap-job.js'

/** How often a job that is watched is looked at. */
const watchMs = 150

const answer = z.object({ job: trapJobSchema, tookMs: stateFields.tookMs })

/** What all routes of one job have in common. */
const common = {
  tag: 'traps',
  scope: 'batch',
  params: z.object({ id: z.string().min(1).max(64).describe('Id of the job: the right to it.') }),
  request: z.strictObject({}),
  hasBody: false,
  problems: ['unknown-job'],
  cost: () => 1,
} as const

type Context = RouteContext<{ id: string }, object>

export const trapJobRoute = defineRoute({
  ...common,
  operationId: 'readTrapJob',
  path: '/v1/traps/jobs/:id',
  summary: 'Read how far a job on traps is, or follow it',
  description: 'With `Accept: text/event-stream` an event `state` comes whenever something has changed, up to the end.',
  answer,
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  fingerprint: () => null,
  handle: async (context) => ({ job: describe(context, openJob(context)) }),
  watch: watchJob,
})

export const cancelTrapJobRoute = defineRoute({
  ...common,
  operationId: 'cancelTrapJob',
  path: '/v1/traps/jobs/:id',
  summary: 'End the work on a job and forget it, with its upload and its result',
  answer,
  link: { method: 'DELETE', query: z.strictObject({}), toRequest: () => ({}) },
  handle: async (context) => {
    openJob(context)
    return { job: asCancelled(describe(context, context.traps.remove(context.params.id, ownerOf(context)))) }
  },
})

export const trapResultRoute = defineRoute({
  ...common,
  operationId: 'readTrapResult',
  path: '/v1/traps/jobs/:id/result',
  summary: 'Read what a job on traps found',
  answer: z.object({ result: trapResultSchema, tookMs: stateFields.tookMs }),
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  problems: ['unknown-job', 'unfinished-job'],
  fingerprint: () => null,
  handle: async (context) => {
    const { state, result } = openJob(context)
    if (result === null) throw new OmnigramError('unfinished-job', `The job is ${state}.`)
    return { result: describeResult(result) }
  },
})

export function ownerOf({ account, client }: Pick<Context, 'account' | 'client'>): JobOwner {
  return { account, isAdmin: client.hasScope('admin') }
}

/** A job on indexes that the client may not read does not exist for it. */
function openJob(context: Context): TrapJob {
  const { params, traps, client } = context
  const job = traps.open(params.id, ownerOf(context))
  if (job.order.indexes.every((index) => client.mayRead(index))) return job
  throw new OmnigramError('unknown-job', `'${params.id.slice(0, 64)}' is not known, or its time has passed.`)
}

function describe({ traps }: Context, job: TrapJob): DescribedTrapJob {
  return describeTrapJob(job, traps.countBefore(job))
}

function describeResult(result: TrapResult): z.input<typeof trapResultSchema> {
  const { task } = result
  switch (task) {
    case 'presence':
      return { task, presence: result.rows.map((row) => ({ ...row, documents: row.documents.map(copyDocument) })) }
    case 'neighbours':
      return {
        task,
        neighbours: result.rows.map((row) => ({
          ...row,
          neighbours: [...row.neighbours],
          histogram: [...row.histogram],
        })),
      }
    case 'survival':
      return { task, survival: [...result.rows], survivalRates: [...result.rates] }
    case 'detection':
      return {
        task,
        detections: result.detections.map(({ groups, roc, ...rest }) => ({
          ...rest,
          roc: [...roc],
          groups: groups.map((group) => ({ ...group, aucInterval: [...group.aucInterval] })),
        })),
      }
  }
}

function copyDocument<Row extends { readonly otherTraps: readonly string[] }>(row: Row) {
  return { ...row, otherTraps: [...row.otherTraps] }
}

async function* watchJob(context: Context) {
  const { signal } = context
  let last = describe(context, openJob(context))
  yield { job: last }
  while (last.state === 'queued' || last.state === 'running') {
    await wait(watchMs, undefined, { signal, ref: false })
    const now = lookAgain(context, last)
    if (JSON.stringify(now) === JSON.stringify(last)) continue
    last = now
    yield { job: now }
  }
}

/** A job that is gone was cancelled: what is under way does not expire. */
function lookAgain(context: Context, last: DescribedTrapJob): DescribedTrapJob {
  try {
    return describe(context, openJob(context))
  } catch (error) {
    if (error instanceof OmnigramError && error.code === 'unknown-job') return asCancelled(last)
    throw error
  }
}

function asCancelled(job: DescribedTrapJob): DescribedTrapJob {
  return { ...job, state: 'cancelled' }
}
