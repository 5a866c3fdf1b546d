/** Which flags say how a build on several machines is planned and done, and who serves it? */
import { OmnigramError } from '../core/errors.js'
import { parseBytes, parseDuration } from '../core/units.js'
import { asParser, type FlagDefinition, integer } from './flag-parsers.js'

const bytes = asParser(parseBytes)
const duration = asParser(parseDuration)
const price = asParser((text) => {
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= 0) return value
  throw new OmnigramError('bad-argument', `${JSON.stringify(text)} is not a price such as 1.25.`)
})

export const clusterFlags = {
  'planFile': { flags: '-o, --output <file>', description: 'write the plan to this file, for the workers' },
  'store': { flags: '--store <address>', description: 'where the index goes: s3://bucket/prefix, or a shared folder' },
  'measured': {
    flags: '--measured <file>',
    description: 'what `omnigram bench build` measured, instead of measuring now',
  },
  'calibrationFile': { flags: '-o, --output <file>', description: 'write what was measured to this file, for plans' },
  'sampleSize': {
    flags: '--sample-size <size>',
    description: 'text that is built to see how fast it goes',
    parse: bytes,
    fallback: 64 * 2 ** 20,
  },
  'plan': { flags: '--plan <file>', description: 'plan that `omnigram plan -o` wrote' },
  'workerIndex': {
    flags: '--index <n>',
    description: 'which of the workers this is, from 0',
    parse: integer('--index', 0, 1_000_000),
  },
  'workersOf': {
    flags: '--of <n>',
    description: 'how many workers there are',
    parse: integer('--of', 1, 1_000_000),
  },
  'scratch': {
    flags: '--scratch <dir>',
    description: 'folder for shards under way (default: a folder for temporary files)',
  },
  'nats': { flags: '--nats <url>', description: 'broker: nats://[user:password@]host:port, several with commas' },
  'cluster': {
    flags: '--cluster',
    description: 'ask shard servers, found by --nats, instead of files on this machine',
  },
  'server': { flags: '--name <name>', description: 'name of the server (default: host and process)' },
  'serverIndex': {
    flags: '--index <n>',
    description: 'which of the shard servers this is, from 0',
    parse: integer('--index', 0, 1_000_000),
    fallback: 0,
  },
  'serversOf': {
    flags: '--of <n>',
    description: 'how many shard servers there are',
    parse: integer('--of', 1, 1_000_000),
    fallback: 1,
  },
  'serverReplicas': {
    flags: '--replicas <n>',
    description: 'servers that hold each shard (default: 2, or all)',
    parse: integer('--replicas', 1, 1_000),
  },
  'keepJob': {
    flags: '--keep-job <time>',
    description: 'a worker that is silent for so long loses its shard to another',
    parse: duration,
    fallback: 30_000,
  },
  'idle': {
    flags: '--idle <time>',
    description: 'end when there was no work for so long (default: never)',
    parse: duration,
  },
  'machines': {
    flags: '--machines <n>',
    description: 'machines that build and serve',
    parse: integer('--machines', 1, 1_000_000),
    fallback: 1,
  },
  'machineCores': {
    flags: '--machine-cores <n>',
    description: 'cores of one (default: as this one)',
    parse: integer('--machine-cores', 1, 4_096),
  },
  'machineMemory': {
    flags: '--machine-memory <size>',
    description: 'memory of one (default: as this one)',
    parse: bytes,
  },
  'network': {
    flags: '--network <size>',
    description: 'bytes a second between a machine and the store',
    parse: bytes,
    fallback: 125_000_000,
  },
  'disk': {
    flags: '--disk <kind>',
    description: 'disk that shards are served from',
    choices: ['nvme', 'ssd', 'network'],
    fallback: 'nvme',
  },
  'replicas': {
    flags: '--replicas <n>',
    description: 'machines that serve each shard',
    parse: integer('--replicas', 1, 100),
    fallback: 2,
  },
  'priceHour': { flags: '--price-hour <price>', description: 'of a machine for an hour', parse: price, fallback: 0 },
  'priceGibMonth': {
    flags: '--price-gib-month <price>',
    description: 'of a GiB in the store or on a disk for a month',
    parse: price,
    fallback: 0,
  },
} as const satisfies Record<string, FlagDefinition>
