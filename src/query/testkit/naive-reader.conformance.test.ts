import { describeReader } from './conformance.js'
import { createNaiveReader } from './naive-reader.js'

describeReader('the oracle in one shard', async (corpus) => createNaiveReader({ ...corpus, name: 'one' }))
describeReader('the oracle in three shards', async (corpus) =>
  createNaiveReader({ ...corpus, name: 'three', shardCount: 3 }),
)
