/** Who does the tasks of shards in a page? The worker that holds them, waiting for the bytes that they lack. */
import type { Shard as NativeShard } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { QueryCall } from '../query/query-call.js'
import type { ShardFile } from '../query/shard-file.js'
import type { ShardRunner } from '../query/shard-runner.js'
import { runShardTask, type TaskInput, type TaskName, type TaskResult } from '../query/shard-task.js'
import type { PagedShard } from './paged-shard.js'
import { WasmShard } from './wasm-shard.js'

export class PageRunner implements ShardRunner {
  readonly #shards = new Map<ShardFile, { readonly paged: PagedShard; readonly shard: NativeShard }>()

  /** A shard that is opened already. */
  add(paged: PagedShard, path: string): ShardFile {
    const wasmShard = new WasmShard(paged.shard, path)
    const shard = wasmShard as unknown as NativeShard
    // Null: a shard whose bytes may be missing is only asked here.
    const info = wasmShard.info()
    const file: ShardFile = { path, hiddenPath: null, residency: 'read', shard: null, info, isVerified: () => false }
    this.#shards.set(file, { paged, shard })
    return file
  }

  async run<Name extends TaskName>(
    file: ShardFile,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
  ): Promise<TaskResult<Name>> {
    const held = this.#shards.get(file)
    if (held === undefined) throw new OmnigramError('internal', `${file.path} was closed.`)
    const { paged, shard } = held
    const ask = () => runShardTask(shard, name, input, 0)
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
    this.#shards.get(file)?.paged.shard.free()
    this.#shards.delete(file)
  }

  forgetAll(): void {
    for (const file of [...this.#shards.keys()]) this.forget(file)
  }

  async close(): Promise<void> {}
}
