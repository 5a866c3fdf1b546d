/** Who does the tasks of a shard? */
import type { QueryCall } from './query-call.js'
import type { ShardFile } from './shard-file.js'
import type { TaskInput, TaskName, TaskResult } from './shard-task.js'

/** `batch` waits for `interactive` and never takes the last worker from it. */
export type Lane = 'interactive' | 'batch'

/** `brief` work is done at once where the shard is: a worker would only add its way. */
export type TaskLane = Lane | 'brief'

export interface ShardRunner {
  /** Throws what the task throws, and why the call ended if it did. */
  run<Name extends TaskName>(
    file: ShardFile,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
    lane: TaskLane,
  ): Promise<TaskResult<Name>>
  /** A shard that is no longer read: what is kept of it is let go. */
  forget(file: ShardFile): void
  close(): Promise<void>
}
