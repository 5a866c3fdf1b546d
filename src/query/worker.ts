/** What does a worker thread do? One task at a time, with the shards it has opened so far. */
import { parentPort } from 'node:worker_threads'
import { openShard, type Shard } from '#native'
import { runShardTask } from './shard-task.js'
import { describeFailure, type PoolMessage, type TaskMessage } from './worker-message.js'

/** By path: how it is opened, and without which documents, may differ from generation to generation. */
const shards = new Map<string, Map<string, Shard>>()

function shardOf({ path, hiddenPath, residency }: TaskMessage): Shard {
  const ofPath = shards.get(path) ?? new Map<string, Shard>()
  const key = `${residency}:${hiddenPath ?? ''}`
  const shard = ofPath.get(key) ?? openShard(path, residency, hiddenPath)
  shards.set(path, ofPath.set(key, shard))
  return shard
}

parentPort?.on('message', (message: PoolMessage) => {
  if (message.kind === 'forget') {
    shards.delete(message.path)
    return
  }
  try {
    const { name, input, ticket } = message
    parentPort?.postMessage({ isDone: true, result: runShardTask(shardOf(message), name, input, ticket) })
  } catch (thrown) {
    parentPort?.postMessage(describeFailure(thrown))
  }
})
