/** What do shards count as that are missing from an answer, and when are they? */
import { OmnigramError } from '../core/errors.js'
import type { TaskInput, TaskName, TaskResult } from './shard-task.js'

/** What a shard that holds nothing answers to the tasks that every shard is asked. */
const answersOfNone: { readonly [Name in TaskName]?: (input: TaskInput<Name>) => TaskResult<Name> } = {
  count: ({ ends }) => new Float64Array(ends.length),
  find: () => [],
  longestMatches: (text) => new Float64Array(text.length),
  listMatchingDocuments: () => ({ documents: new Float64Array(), isComplete: true }),
}

/**
 * The answer of a shard that is missing. All other tasks are about a place in a shard, and nobody else knows it: throws
 * `incomplete-answer`.
 */
export function answerForMissing<Name extends TaskName>(
  shard: number,
  name: Name,
  input: TaskInput<Name>,
): TaskResult<Name> {
  const answer = answersOfNone[name] as ((input: TaskInput<Name>) => TaskResult<Name>) | undefined
  if (answer) return answer(input)
  throw new OmnigramError('incomplete-answer', `Shard ${shard} was there, and is missing now.`)
}

/** Instead of a result: nobody gave one in time. */
export const noResult: unique symbol = Symbol('no result')

/** What a task came to, unless it is too late or nobody answered for its shard. A task that is late goes on, and nobody hears of it. */
export async function resultOrNone<Result>(
  work: Promise<Result>,
  answerByMs: number,
): Promise<Result | typeof noResult> {
  const result: Promise<Result | typeof noResult> = work.catch((thrown: unknown): typeof noResult => {
    if (thrown instanceof OmnigramError && thrown.code === 'incomplete-answer') return noResult
    throw thrown
  })
  if (answerByMs === Number.POSITIVE_INFINITY) return result
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<typeof noResult>((resolve) => {
    timer = setTimeout(() => resolve(noResult), Math.max(0, answerByMs - performance.now()))
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
    result.catch(() => undefined)
  }
}
