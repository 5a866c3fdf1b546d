/** Who does the tasks of shards in a page? The worker that holds them, waiting for the bytes that they lack. */
import type { Shard as NativeShard } from '#native'
import type { QueryCall } from '../query/query-call.js'
import type { ShardFile } from '../query/shard-file.js'
import type { ShardRunner } from '../query/shard-runner.js'
import { runShardTask, type TaskInput, type TaskName, type TaskResult } from '../query/shard-task.js'
import type { PagedShard } from './paged-shard.js'
import { WasmShard } from './wasm-shard.js'

/** A shard whose bytes come as they are needed; in memory, nothing is ever missing. */
export interface PageShardFile extends ShardFile {
  readonly paged: PagedShard
}

export class PageRunner implements ShardRunner {
  readonly allowsBrief = false
  readonly #paged = new Map<ShardFile, PagedShard>()

  /** A shard that is opened already. */
  add(paged: PagedShard, path: string): ShardFile {
    const shard = new WasmShard(paged.shard, path)
    const file: ShardFile = { path, residency: 'read', shard: shard as unknown as NativeShard, info: shard.info() }
    this.#paged.set(file, paged)
    return file
  }

  async run<Name extends TaskName>(
    file: ShardFile,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
  ): Promise<TaskResult<Name>> {
    const paged = this.#paged.get(file)
    const ask = () => runShardTask(file.shard, name, input, 0)
    if (paged === undefined) return ask()
    const controller = new AbortController()
    const release = call.onEnd(() => controller.abort())
    try {
      const check = () => call.check()
      return name === 'count'
        ? await paged.answerAlone(ask, check, controller.signal)
        : await paged.answer(ask, check, controller.signal)
    } finally {
      release()
    }
  }

  forget(file: ShardFile): void {
    this.#paged.get(file)?.shard.free()
    this.#paged.delete(file)
  }

  async close(): Promise<void> {}
}
