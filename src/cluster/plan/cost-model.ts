/** How long will a build take on these machines, what will it need, how fast will its index answer, and what limits each? */
import type { MeasuredBuild } from '../../build/measure-build.js'
import { type BuildCalibration, crowdFactor } from './build-calibration.js'

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
  readonly prices: Prices
}

/** In any currency; 0 where it is not asked for. */
export interface Prices {
  readonly machineHour: number
  readonly gibMonth: number
}

/** What a shard takes in memory while it is built, besides the program itself. */
export type EstimateMemory = (shardBytes: number) => number

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
  /** Shards that a machine builds at one time. */
  readonly shardsAtOnce: number
  readonly hours: number
  readonly phases: readonly PhaseCost[]
  readonly machineHours: number
  /** Why it is not faster. */
  readonly binds: 'memory' | 'cores' | 'shards'
  /** Of one machine, at the peak. */
  readonly memoryBytes: number
  readonly scratchBytes: number
  readonly indexBytes: number
  /** One copy in the store, and the replicas on disks. */
  readonly storedBytes: number
  readonly servedBytesAMachine: number
  readonly latencies: readonly CountLatency[]
  readonly cost: { readonly build: number; readonly storageMonth: number }
}

/** What the program takes besides its shards. */
const programBytes = 160 * 2 ** 20
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
  const { machines, machine, replicas, prices } = question
  const textBytes = Math.max(1, Math.round((measured.sizeBytes * measured.inputBytes) / measured.readBytes))
  const shardBytes = Math.min(question.shardBytes, textBytes)
  const shards = Math.max(1, Math.ceil(textBytes / question.shardBytes))
  const [, whole] = measured.shards
  const indexBytes = Math.round((textBytes * whole.indexBytes) / whole.sizeBytes)
  const shardMemoryBytes = memoryOf(shardBytes)
  const fitting = Math.max(1, Math.floor((machine.memoryBytes - programBytes) / shardMemoryBytes))
  const shardsAMachine = Math.ceil(shards / machines)
  const shardsAtOnce = Math.min(machine.cores, fitting, shardsAMachine)
  const rounds = Math.ceil(shardsAMachine / shardsAtOnce)
  const shardIndexBytes = (indexBytes * shardBytes) / textBytes
  const crowd = crowdFactor(calibration, shardsAtOnce)
  const phases: PhaseCost[] = [
    { phase: 'start', hours: programMs / msAnHour },
    { phase: 'read', hours: (rounds * shardBytes * measured.readMs) / measured.sizeBytes / msAnHour },
    { phase: 'build', hours: (rounds * shardBytes * crowd * buildMsPerByte(shardBytes, measured)) / msAnHour },
    { phase: 'upload', hours: (shardsAMachine * shardIndexBytes * 1_000) / machine.networkBytesPerSecond / msAnHour },
    { phase: 'verify', hours: (shardsAMachine * shardIndexBytes * 1_000) / verifyBytesPerSecond / msAnHour },
  ]
  const hours = phases.reduce((sum, phase) => sum + phase.hours, 0)
  const busyMachines = Math.min(machines, shards)
  const servedBytesAMachine = Math.ceil((indexBytes * replicas) / machines)
  const storedBytes = indexBytes * (1 + replicas)
  return {
    textBytes,
    shards,
    shardsAMachine,
    shardsAtOnce,
    hours,
    phases,
    machineHours: hours * busyMachines,
    binds: shardsAtOnce === shardsAMachine ? 'shards' : fitting < machine.cores ? 'memory' : 'cores',
    memoryBytes: programBytes + shardsAtOnce * shardMemoryBytes,
    scratchBytes: Math.ceil(shardsAtOnce * (shardBytes + shardIndexBytes)),
    indexBytes,
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
  const { machine, machines, shardBytes } = question
  const others: [string, CostQuestion][] = [
    [`${2 * machines} machines`, { ...question, machines: 2 * machines }],
    ['shards of half the size', { ...question, shardBytes: Math.ceil(shardBytes / 2) }],
    ['shards of twice the size', { ...question, shardBytes: 2 * shardBytes }],
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
