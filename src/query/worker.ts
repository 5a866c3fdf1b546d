/** What does a worker thread do? One task at a time, with the shards it has opened so far. */
import { parentPort } from 'node:worker_threads'
import { openShard, type Shard } from '#native'
import { residencies } from '../core/residency.js'
import { runShardTask } from './shard-task.js'
import { describeFailure, type PoolMessage, type TaskMessage } from './worker-message.js'

const shards = new Map<string, Shard>()

function shardOf({ path, residency }: TaskMessage): Shard {
  const key = `${residency}:${path}`
  const shard = shards.get(key) ?? openShard(path, residency)
  shards.set(key, shard)
  return shard
}

parentPort?.on('message', (message: PoolMessage) => {
  if (message.kind === 'forget') {
    for (const residency of residencies) shards.delete(`${residency}:${message.path}`)
    return
  }
  try {
    const { name, input, ticket } = message
    parentPort?.postMessage({ isDone: true, result: runShardTask(shardOf(message), name, input, ticket) })
  } catch (thrown) {
    parentPort?.postMessage(describeFailure(thrown))
  }
})
