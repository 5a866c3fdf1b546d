/** How far is a check? `GET` and `DELETE /v1/contamination/checks/{id}`, `PUT` and `DELETE …/publication` */
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { type Check, unknownCheck } from '../contamination/check.js'
import type { ContaminationDesk } from '../contamination/contamination-desk.js'
import type { JobOwner } from '../jobs/job.js'
import { defineRoute, type RouteContext } from '../route.js'
import { stateFields } from '../schemas/answer.js'
import { checkSchema, type DescribedCheck, describeCheck } from '../schemas/check.js'
import { checkParams } from '../schemas/contamination.js'

/** How often a check that is watched is looked at: it may be run by another process. */
const watchMs = 150

const answer = z.object({ check: checkSchema, tookMs: stateFields.tookMs })

/** What all routes of one check have in common. */
const common = {
  tag: 'contamination',
  params: checkParams,
  request: z.strictObject({}),
  hasBody: false,
  answer,
} as const

type Context = RouteContext<{ id: string }, object>

export const checkRoute = defineRoute({
  ...common,
  operationId: 'readCheck',
  path: '/v1/contamination/checks/:id',
  summary: 'Read how far a check is, or follow it',
  description: 'With `Accept: text/event-stream` an event `state` comes whenever something has changed, up to the end.',
  scope: 'count',
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  problems: ['unknown-check'],
  cost: () => 1,
  fingerprint: () => null,
  handle: async (context) => ({ check: describe(context.contamination, openCheck(context)) }),
  watch: watchCheck,
})

export const cancelCheckRoute = defineRoute({
  ...common,
  operationId: 'cancelCheck',
  path: '/v1/contamination/checks/:id',
  summary: 'End the work on a check and forget it, with its file and its report',
  scope: 'count',
  link: { method: 'DELETE', query: z.strictObject({}), toRequest: () => ({}) },
  problems: ['unknown-check'],
  cost: () => 1,
  handle: async (context) => {
    openCheck(context)
    const check = context.contamination.removeCheck(context.params.id, ownerOf(context))
    return { check: asCancelled(describe(context.contamination, check)) }
  },
})

const publicationPath = '/v1/contamination/checks/:id/publication'

export const publishCheckRoute = defineRoute({
  ...common,
  operationId: 'publishCheck',
  path: publicationPath,
  summary: 'Put the report of a check into the table of the community',
  description: 'For keys with the scope `publish`. A published report is kept until it is withdrawn.',
  scope: 'publish',
  link: { method: 'PUT', query: z.strictObject({}), toRequest: () => ({}) },
  problems: ['unknown-check', 'unfinished-check'],
  cost: () => 1,
  handle: async (context) => {
    openCheck(context)
    const check = context.contamination.publishCheck(context.params.id, context.account)
    return { check: describe(context.contamination, check) }
  },
})

export const withdrawCheckRoute = defineRoute({
  ...common,
  operationId: 'withdrawCheck',
  path: publicationPath,
  summary: 'Take a report out of the table of the community',
  scope: 'publish',
  link: { method: 'DELETE', query: z.strictObject({}), toRequest: () => ({}) },
  problems: ['unknown-check'],
  cost: () => 1,
  handle: async (context) => {
    openCheck(context)
    return { check: describe(context.contamination, context.contamination.withdrawCheck(context.params.id)) }
  },
})

export function ownerOf({ account, client }: Pick<Context, 'account' | 'client'>): JobOwner {
  return { account, isAdmin: client.hasScope('admin') }
}

/** A check of indexes that the client may not read does not exist for it. */
function openCheck({ params: { id }, contamination, client }: Context): Check {
  const check = contamination.openCheck(id)
  if (!check.order.indexes.every((index) => client.mayRead(index))) throw unknownCheck(id)
  return check
}

function describe(desk: ContaminationDesk, check: Check) {
  return describeCheck(check, desk.countBefore(check))
}

async function* watchCheck(context: Context) {
  const { contamination, signal } = context
  let last = describe(contamination, openCheck(context))
  yield { check: last }
  while (last.state === 'queued' || last.state === 'running') {
    await wait(watchMs, undefined, { signal, ref: false })
    const now = lookAgain(context, last)
    if (JSON.stringify(now) === JSON.stringify(last)) continue
    last = now
    yield { check: now }
  }
}

/** A check that is gone was cancelled: what is under way does not expire. */
function lookAgain(context: Context, last: DescribedCheck): DescribedCheck {
  try {
    return describe(context.contamination, openCheck(context))
  } catch (error) {
    if (error instanceof OmnigramError && error.code === 'unknown-check') return asCancelled(last)
    throw error
  }
}

function asCancelled(check: DescribedCheck): DescribedCheck {
  return { ...check, state: 'cancelled', report: null }
}
