/** May a task that another machine calls brief be done without a worker? As its own size says, whatever the message does. */
import { briefSteps } from '../../query/shard-set.js'
import type { TaskInput, TaskName } from '../../query/shard-task.js'

/** A symbol of a pattern has at most so many: a token id. */
const symbolBytes = 4

/** Those whose steps are as many as the symbols of their patterns; of others the input does not tell. */
export function isBriefTask(name: TaskName, input: unknown): boolean {
  return bytesOf(name, input) <= briefSteps * symbolBytes
}

function bytesOf(name: TaskName, input: unknown): number {
  if (name === 'count') return (input as TaskInput<'count'>).bytes.length
  if (name === 'push') return (input as TaskInput<'push'>).symbols.length
  if (name !== 'find') return Number.POSITIVE_INFINITY
  const { pattern, matching } = input as TaskInput<'find'>
  return matching === null ? pattern.length : Number.POSITIVE_INFINITY
}
