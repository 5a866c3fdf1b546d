/** Which verbs run the parts of a cluster? */
import type { Verb } from './verb.js'

export const clusterVerbs: readonly Verb[] = [
  {
    name: 'worker',
    args: '',
    summary: 'Build shards of a plan: every N-th one, for arrays of jobs; or those that a broker hands out.',
    flags: ['plan', 'workerIndex', 'workersOf', 'nats', 'store', 'keepJob', 'idle', 'scratch', 'memory', 'threads'],
    examples: [
      'omnigram worker --plan plan.json --index 0 --of 8 --scratch /scratch',
      'omnigram worker --nats nats://broker:4222 --store s3://bucket/my-index',
    ],
    load: () => import('./worker.js'),
  },
  {
    name: 'cluster build',
    args: '<plan>',
    summary: 'See the build of a plan through: hand its shards to workers, and publish when all are done.',
    flags: ['nats', 'keepJob'],
    examples: [
      'omnigram cluster build plan.json --nats nats://broker:4222',
      'omnigram cluster build plan.json --nats nats://user:secret@broker:4222 --json',
    ],
    load: () => import('./cluster-build.js'),
  },
  {
    name: 'shard-server',
    args: '<store>',
    summary: 'Hold shards of an index in a store, and answer for them to routers (serve --cluster).',
    flags: [
      'nats',
      'serverIndex',
      'serversOf',
      'serverReplicas',
      'server',
      'workers',
      'residency',
      'cache',
      'readyFile',
    ],
    examples: [
      'omnigram shard-server s3://bucket/my-index --nats nats://broker:4222',
      'omnigram shard-server s3://bucket/my-index --nats nats://broker:4222 --index 2 --of 6 --replicas 2',
    ],
    load: () => import('./shard-server.js'),
  },
]
