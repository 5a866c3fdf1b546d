/** How long will a build take on these machines, what will it need, how fast will its index answer, and what limits each? */
import type { MeasuredBuild } from '../../build/measure-build.js'
import { type BuildCalibration, crowdFactor } from './build-calibration.js'
import { findBusiestWorker, type WorkerLoad } from './busiest-worker.js'

/** What one machine has. */
export interface MachineModel {
  readonly cores: number
  readonly memoryBytes: number
  /** To and from the store. */
  readonly networkBytesPerSecond: number
  /** Of the disk that shards are served from. */
  readonly readLatencyMs: number
  readonly readsPerSecond: number
}

export interface CostQuestion {
  readonly machines: number
  readonly machine: MachineModel
  /** Text of one shard at most; of tokens 4 bytes each. */
  readonly shardBytes: number
  /** Copies that are served. */
  readonly replicas: number
  /** The input's files in the order of reading, as they lie on the disk; empty where nobody knows. */
  readonly fileBytes: readonly number[]
  /** Its file, which each worker and the store have a copy of; 0 where there is none. */
  readonly tokenizerBytes: number
  /** Of the shard that has the most; null before they are planned. */
  readonly mostDocuments: number | null
  readonly prices: Prices
}

/** In any currency; 0 where it is not asked for. */
export interface Prices {
  readonly machineHour: number
  readonly gibMonth: number
}

/** What a worker must be allowed, as `--memory`, to build one shard of that size at a time. */
export type EstimateMemory = (shardBytes: number, documents: number) => number

export interface PhaseCost {
  readonly phase: 'start' | 'read' | 'build' | 'upload' | 'verify'
  /** Of the whole build: all shards of the machine that has the most. */
  readonly hours: number
}

export interface CountLatency {
  readonly patternBytes: number
  /** Cold: nothing of the groups in memory, as the first time a pattern is asked for. */
  readonly coldMs: number
  readonly binds: 'disk latency' | 'disk reads a second'
}

export interface CostEstimate {
  readonly textBytes: number
  readonly shards: number
  readonly shardsAMachine: number
  /** Shards that a machine builds at one time: as many workers, of one thread each. */
  readonly shardsAtOnce: number
  readonly hours: number
  readonly phases: readonly PhaseCost[]
  readonly machineHours: number
  /** Why it is not faster. */
  readonly binds: 'memory' | 'cores' | 'shards'
  /** What each worker is allowed. */
  readonly workerMemoryBytes: number
  /** What a machine must have free for its workers: what they are allowed, and the tenth that their resident pages may be above it. */
  readonly memoryBytes: number
  /** Whether a machine has it. */
  readonly isMemoryEnough: boolean
  /** Room for the scratch folders of a machine, at most. */
  readonly scratchBytes: number
  /** The index, as is to be expected of it. */
  readonly indexBytes: number
  /** Room for it in the store, at most, with what is written down there of the build. */
  readonly storeBytes: number
  /** The same, and the replicas on disks. */
  readonly storedBytes: number
  readonly servedBytesAMachine: number
  readonly latencies: readonly CountLatency[]
  readonly cost: { readonly build: number; readonly storageMonth: number }
}

/** How far resident memory may go above what a build is allowed: its promise. */
const memoryRoom = 1.1
/** How much larger an index may get than the sample's: the parts of an input differ. */
const indexRoom = 1.1
/** How many times the documents of the sample one shard may have, since short texts may lie close together; and how many times its metadata one document. */
const unevenness = { documents: 4, metadata: 2 }
/** Records of a build in the store: the plan, its options, the generation. Then those of a shard, and of a file of the input. */
const recordBytes = { build: 8_192, shard: 1_024, file: 256 }
/** Bytes that a check reads in a second: checksums of a file from a disk. */
const verifyBytesPerSecond = 500 * 2 ** 20
/** Symbols that the prefix table answers from memory. */
const prefixSymbols = 3
/** Cold pages of the groups that a pattern touches a byte, measured on prose: 57 for 50 bytes. */
const pagesAByte = 57 / 50
/** Reads that must wait for each other: one for each byte after the prefixes. */
const waitsAByte = 1

const patternLengths = [10, 100, 1_000]

/**
 * Predicts from a measured sample. Time a byte grows with the logarithm of the shard, as its sort does; a line through the two
 * measured shards says how fast.
 */
export function estimateCost(
  question: CostQuestion,
  calibration: BuildCalibration,
  memoryOf: EstimateMemory,
): CostEstimate {
  const { measured, programMs } = calibration
  const { machines, machine, replicas, fileBytes, tokenizerBytes, prices } = question
  const textBytes = Math.max(1, Math.round((measured.sizeBytes * measured.inputBytes) / measured.readBytes))
  const shardBytes = Math.min(question.shardBytes, textBytes)
  const shards = Math.max(1, Math.ceil(textBytes / question.shardBytes))
  const [, whole] = measured.shards
  const indexBytes = Math.round(textBytes * indexShare(shardBytes, measured))
  const likelyDocuments = (shardBytes * whole.documents) / whole.sizeBytes
  const documents = question.mostDocuments ?? Math.ceil(unevenness.documents * likelyDocuments)
  const workerMemoryBytes = memoryOf(shardBytes, documents)
  const fitting = Math.floor(machine.memoryBytes / (memoryRoom * workerMemoryBytes))
  const shardsAMachine = Math.ceil(shards / machines)
  const shardsAtOnce = Math.min(machine.cores, Math.max(1, fitting), shardsAMachine)
  const shardIndexBytes = (indexBytes * shardBytes) / textBytes
  const sentBytes = Math.min(indexBytes, shardsAMachine * shardIndexBytes)
  const readMs = ({ ownBytes, skippedBytes }: WorkerLoad) =>
    (ownBytes * measured.readMs + skippedBytes * measured.skipMs) / measured.sizeBytes
  const buildMsAByte = crowdFactor(calibration, shardsAtOnce) * buildMsPerByte(shardBytes, measured)
  const buildMs = ({ ownBytes }: WorkerLoad) => ownBytes * buildMsAByte
  const work = { textBytes, shardBytes, workers: machines * shardsAtOnce, fileBytes }
  const busiest = findBusiestWorker(work, (load) => readMs(load) + buildMs(load))
  const phases: PhaseCost[] = [
    { phase: 'start', hours: programMs / msAnHour },
    { phase: 'read', hours: readMs(busiest) / msAnHour },
    { phase: 'build', hours: buildMs(busiest) / msAnHour },
    { phase: 'upload', hours: (sentBytes * 1_000) / machine.networkBytesPerSecond / msAnHour },
    { phase: 'verify', hours: (sentBytes * 1_000) / verifyBytesPerSecond / msAnHour },
  ]
  const hours = phases.reduce((sum, phase) => sum + phase.hours, 0)
  const busyMachines = Math.min(machines, shards)
  const memoryBytes = Math.ceil(memoryRoom * shardsAtOnce * workerMemoryBytes)
  const mostIndexBytes = Math.ceil(indexBytes * indexRoom)
  const records = recordBytes.build + shards * recordBytes.shard + fileBytes.length * recordBytes.file
  const storeBytes = mostIndexBytes + records + tokenizerBytes
  const servedBytesAMachine = Math.ceil((mostIndexBytes * replicas) / machines)
  const storedBytes = storeBytes + mostIndexBytes * replicas
  // Until a shard is written, both lie there: its documents and what it becomes.
  const besideADocument = Math.max(0, whole.spoolBytes - whole.sizeBytes) / Math.max(1, whole.documents)
  const spoolBytes = shardBytes + unevenness.metadata * documents * besideADocument
  const scratchAWorker = spoolBytes + shardIndexBytes * indexRoom + tokenizerBytes + recordBytes.shard
  return {
    textBytes,
    shards,
    shardsAMachine,
    shardsAtOnce,
    hours,
    phases,
    machineHours: hours * busyMachines,
    binds: shardsAtOnce === shardsAMachine ? 'shards' : fitting < machine.cores ? 'memory' : 'cores',
    workerMemoryBytes,
    memoryBytes,
    isMemoryEnough: memoryBytes <= machine.memoryBytes,
    scratchBytes: Math.ceil(shardsAtOnce * scratchAWorker),
    indexBytes,
    storeBytes,
    storedBytes,
    servedBytesAMachine,
    latencies: estimateLatencies(Math.ceil((shards * replicas) / machines), machine),
    cost: {
      build: hours * busyMachines * prices.machineHour,
      storageMonth: (storedBytes / 2 ** 30) * prices.gibMonth,
    },
  }
}

const msAnHour = 3_600_000

function buildMsPerByte(shardBytes: number, { shards: [small, whole] }: MeasuredBuild): number {
  const [atSmall, atWhole] = [small.buildMs / small.sizeBytes, whole.buildMs / whole.sizeBytes]
  const doublings = Math.log2(whole.sizeBytes / small.sizeBytes)
  // A sample that is smaller in a longer time is noise, not a law.
  const growth = doublings > 1 ? Math.max(0, (atWhole - atSmall) / doublings) : 0
  return Math.max(atWhole * 0.5, atWhole + growth * Math.log2(shardBytes / whole.sizeBytes))
}

/** Of the text: smaller shards have larger ones, as the sample shows; larger shards are not relied on to have smaller ones. */
function indexShare(shardBytes: number, { shards: [small, whole] }: MeasuredBuild): number {
  const [atSmall, atWhole] = [small.indexBytes / small.sizeBytes, whole.indexBytes / whole.sizeBytes]
  const doublings = Math.log2(whole.sizeBytes / small.sizeBytes)
  const growth = doublings > 1 ? Math.max(0, (atSmall - atWhole) / doublings) : 0
  return atWhole + growth * Math.max(0, Math.log2(whole.sizeBytes / shardBytes))
}

function estimateLatencies(shardsADisk: number, { readLatencyMs, readsPerSecond }: MachineModel): CountLatency[] {
  return patternLengths.map((patternBytes) => {
    const searched = Math.max(0, patternBytes - prefixSymbols)
    const waitMs = searched * waitsAByte * readLatencyMs
    const queueMs = (shardsADisk * searched * pagesAByte * 1_000) / readsPerSecond
    return {
      patternBytes,
      coldMs: Math.max(waitMs, queueMs),
      binds: waitMs >= queueMs ? 'disk latency' : 'disk reads a second',
    }
  })
}

export interface Lever {
  /** What would be different. */
  readonly change: string
  readonly hours: number
  readonly coldMs: number
}

/** What would change the answer most: the estimate for a few other questions, best first. */
export function listLevers(question: CostQuestion, calibration: BuildCalibration, memoryOf: EstimateMemory): Lever[] {
  const { machine, machines, shardBytes, mostDocuments } = question
  const resize = (factor: number): CostQuestion => ({
    ...question,
    shardBytes: Math.ceil(factor * shardBytes),
    mostDocuments: mostDocuments && Math.ceil(factor * mostDocuments),
  })
  const others: [string, CostQuestion][] = [
    [`${2 * machines} machines`, { ...question, machines: 2 * machines }],
    ['shards of half the size', resize(0.5)],
    ['shards of twice the size', resize(2)],
    ['twice the memory', { ...question, machine: { ...machine, memoryBytes: 2 * machine.memoryBytes } }],
    ['twice the cores', { ...question, machine: { ...machine, cores: 2 * machine.cores } }],
  ]
  return others
    .map(([change, other]) => {
      const { hours, latencies } = estimateCost(other, calibration, memoryOf)
      return { change, hours, coldMs: latencies[1].coldMs }
    })
    .sort((a, b) => a.hours - b.hours)
    .slice(0, 3)
}
