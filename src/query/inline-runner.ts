/** How are tasks done without any worker? One after the other on the calling thread: right for one question and out. */
import { setImmediate } from 'node:timers/promises'
import { OmnigramError } from '../core/errors.js'
import type { QueryCall } from './query-call.js'
import type { ShardFile } from './shard-file.js'
import type { ShardRunner } from './shard-runner.js'
import { runShardTask, type TaskInput, type TaskName, type TaskResult } from './shard-task.js'

/** A task cannot be interrupted here; signals and deadlines are looked at between tasks. */
export class InlineRunner implements ShardRunner {
  #isFirst = true

  async run<Name extends TaskName>(
    { path, shard }: ShardFile,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
  ): Promise<TaskResult<Name>> {
    // The first task need not wait for anybody; later ones let signals and timers through.
    if (!this.#isFirst) await setImmediate()
    this.#isFirst = false
    call.check()
    if (shard === null) throw new OmnigramError('internal', `${path} is on another machine.`)
    return runShardTask(shard, name, input, 0)
  }

  forget(): void {}

  async close(): Promise<void> {}
}
