/** `omnigram plan`: what would a build take, and which shards is it made of? */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import type { BuildOptions } from '../build/build-options.js'
import { measureBuild } from '../build/measure-build.js'
import { estimateWorkerMemory } from '../build/memory-plan.js'
import { openInput } from '../build/open-input.js'
import { planShards } from '../build/plan-shards.js'
import { formatPlan } from '../build/shard-plan.js'
import { openTokenInput } from '../build/token-input.js'
import { BuildLedger } from '../cluster/build/build-ledger.js'
import { assumeCalibration, type BuildCalibration, parseCalibration } from '../cluster/plan/build-calibration.js'
import {
  type CostEstimate,
  type CostQuestion,
  estimateCost,
  type Lever,
  listLevers,
  type MachineModel,
} from '../cluster/plan/cost-model.js'
import { openStore } from '../cluster/store/open-store.js'
import { OmnigramError } from '../core/errors.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { readBuildOptions } from './build.js'
import { guardPath, prepareFile, writeWhole } from './result-file.js'
import { type Flags, listArg, numberFlag, textFlag, type VerbCall } from './verb.js'

/** Text that is built to see how fast this goes: some seconds. */
const sampleBytes = 32 * 2 ** 20

/** What kinds of disks do: time of a read, reads a second. */
const disks: Readonly<Record<string, Pick<MachineModel, 'readLatencyMs' | 'readsPerSecond'>>> = {
  nvme: { readLatencyMs: 0.1, readsPerSecond: 500_000 },
  ssd: { readLatencyMs: 0.2, readsPerSecond: 50_000 },
  network: { readLatencyMs: 1, readsPerSecond: 16_000 },
}

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const [path, store] = [textFlag(flags, 'output'), textFlag(flags, 'store')]
  if ((path === undefined) !== (store === undefined)) {
    throw new OmnigramError('bad-argument', 'A plan for workers needs both: --store ADDRESS and -o FILE.')
  }
  await prepareFile(path)
  const options = readBuildOptions(call, listArg(call, 0))
  const plan = path === undefined || store === undefined ? null : await writePlan(call, options, path, store)
  const { estimate, levers } = await estimateBuild(call, options, plan?.mostDocuments ?? null)
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson({ estimate, levers, plan })
  else await terminal.writeLine(formatEstimate(estimate, levers, plan))
  return 0
}

async function estimateBuild(
  { flags, terminal }: VerbCall,
  options: Omit<BuildOptions, 'indexDir'>,
  mostDocuments: number | null,
): Promise<{ estimate: CostEstimate; levers: Lever[] }> {
  const calibrationPath = textFlag(flags, 'measured')
  const input = await weighInput(options)
  const question = { ...readQuestion(flags, options.shardBytes), ...input, mostDocuments }
  // With one thread, as the shards of a machine are built side by side.
  const alone = { ...options, threads: 1 }
  const memoryOf = (shardBytes: number, documents: number) => estimateWorkerMemory(alone, shardBytes, documents)
  const estimate = (calibration: BuildCalibration) => ({
    estimate: estimateCost(question, calibration, memoryOf),
    levers: listLevers(question, calibration, memoryOf),
  })
  if (calibrationPath !== undefined) {
    const content = await guardPath(calibrationPath, () => readFile(calibrationPath, 'utf8'))
    return estimate(fitCalibration(parseCalibration(content, calibrationPath), input.inputBytes))
  }
  terminal.showProgress('measure  a build of the first documents')
  const indexDir = await mkdtemp(join(tmpdir(), 'omnigram-plan-'))
  try {
    const measured = await measureBuild({ ...alone, indexDir }, sampleBytes)
    return estimate(assumeCalibration(measured))
  } finally {
    await rm(indexDir, { recursive: true, force: true })
  }
}

interface WeighedInput {
  /** Null where nobody knows before it is read. */
  readonly inputBytes: number | null
  readonly fileBytes: readonly number[]
  readonly tokenizerBytes: number
}

async function weighInput(options: Omit<BuildOptions, 'indexDir'>): Promise<WeighedInput> {
  const tokens = await openTokenInput({ ...options, indexDir: '' })
  try {
    const corpus = await openInput({ ...options, indexDir: '' }, tokens)
    const { inputBytes } = corpus.estimate()
    const fileBytes = inputBytes === null ? [] : corpus.files.map(({ sizeBytes }) => sizeBytes ?? 0)
    const path = options.tokens?.tokenizerPath ?? null
    return { inputBytes, fileBytes, tokenizerBytes: path === null ? 0 : (await stat(path)).size }
  } finally {
    await tokens?.close()
  }
}

/** What was measured of another input, for this one: of the same kind, and of its own size. */
function fitCalibration(calibration: BuildCalibration, inputBytes: number | null): BuildCalibration {
  if (inputBytes === null) {
    throw new OmnigramError('bad-argument', 'How large this input is cannot be told: plan files, not standard input.')
  }
  return { ...calibration, measured: { ...calibration.measured, inputBytes } }
}

function readQuestion(
  flags: Flags,
  shardBytes: number,
): Omit<CostQuestion, 'fileBytes' | 'tokenizerBytes' | 'mostDocuments'> {
  return {
    machines: numberFlag(flags, 'machines') ?? 1,
    machine: {
      cores: numberFlag(flags, 'machineCores') ?? availableParallelism(),
      memoryBytes: numberFlag(flags, 'machineMemory') ?? totalmem(),
      networkBytesPerSecond: numberFlag(flags, 'network') ?? 125_000_000,
      ...disks[textFlag(flags, 'disk') ?? 'nvme'],
    },
    shardBytes,
    replicas: numberFlag(flags, 'replicas') ?? 2,
    prices: { machineHour: numberFlag(flags, 'priceHour') ?? 0, gibMonth: numberFlag(flags, 'priceGibMonth') ?? 0 },
  }
}

interface WrittenPlan {
  readonly name: string
  readonly path: string
  readonly store: string
  readonly shards: number
  readonly documents: number
  /** Of one shard. */
  readonly mostDocuments: number
  readonly skipped: Readonly<Record<string, number | undefined>>
}

async function writePlan(
  { terminal }: VerbCall,
  options: Omit<BuildOptions, 'indexDir'>,
  path: string,
  address: string,
): Promise<WrittenPlan> {
  const store = openStore(address)
  const startedAtMs = performance.now()
  const { plan, read } = await planShards({ ...options, indexDir: address }, store.address, (progress) => {
    const { readBytes, inputBytes, shards } = progress
    const bytesPerSecond = (1_000 * readBytes) / (performance.now() - startedAtMs)
    const parts = [`read    ${formatBytes(readBytes)}`, `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`, `shard ${shards}`]
    if (inputBytes !== null) parts.push(`ETA ${formatDuration((1_000 * (inputBytes - readBytes)) / bytesPerSecond)}`)
    terminal.showProgress(parts.join(' · '))
  })
  const ledger = new BuildLedger(store, plan)
  await ledger.begin(options.tokens?.tokenizerPath ?? null)
  await writeWhole(path, formatPlan(plan))
  const { documents, skipped } = read
  const mostDocuments = plan.shards.reduce((most, shard) => Math.max(most, shard.documents), 0)
  return {
    name: ledger.name,
    path,
    store: store.address,
    shards: plan.shards.length,
    documents,
    mostDocuments,
    skipped,
  }
}

function formatEstimate(estimate: CostEstimate, levers: readonly Lever[], plan: WrittenPlan | null): string {
  const { phases, cost, latencies, binds } = estimate
  const hours = (value: number) => formatDuration(value * 3_600_000)
  // Whole MiB, so that what is allowed is not less than what is needed.
  const workerFlags = `--threads 1 --memory ${Math.ceil(estimate.workerMemoryBytes / 2 ** 20)}M`
  const rows: [string, string][] = [
    ['text', `${formatBytes(estimate.textBytes)} in ${formatCount(estimate.shards)} shards`],
    [
      'a machine',
      `${formatCount(estimate.shardsAMachine)} shards, ${formatCount(estimate.shardsAtOnce)} at a time: as many workers with ${workerFlags}`,
    ],
    ['time', `${hours(estimate.hours)}, ${estimate.machineHours.toFixed(2)} machine hours; ${binds} bind`],
    ...phases.map(({ phase, hours: each }): [string, string] => [`  ${phase}`, hours(each)]),
    [
      'memory',
      `${formatBytes(estimate.memoryBytes)} a machine${estimate.isMemoryEnough ? '' : ', which it does not have'}`,
    ],
    ['scratch', `at most ${formatBytes(estimate.scratchBytes)} a machine`],
    [
      'index',
      `${formatBytes(estimate.indexBytes)}, ${(estimate.indexBytes / estimate.textBytes).toFixed(3)} of the text`,
    ],
    [
      'storage',
      `at most ${formatBytes(estimate.storeBytes)} in the store, ${formatBytes(estimate.servedBytesAMachine)} served a machine, ${formatBytes(estimate.storedBytes)} in all`,
    ],
    ...latencies.map(({ patternBytes, coldMs, binds: what }): [string, string] => {
      return [`count ${patternBytes}`, `${formatDuration(coldMs)} cold; ${what} binds`]
    }),
  ]
  if (cost.build > 0) rows.push(['build', cost.build.toFixed(2)])
  if (cost.storageMonth > 0) rows.push(['a month', cost.storageMonth.toFixed(2)])
  for (const { change, hours: each, coldMs } of levers) {
    rows.push(['instead', `${change}: ${hours(each)}, a count of 100 bytes ${formatDuration(coldMs)}`])
  }
  if (plan) {
    rows.push(['plan', `${plan.name}, ${formatCount(plan.shards)} shards of ${formatCount(plan.documents)} documents`])
    rows.push(['workers', `omnigram worker --plan ${plan.path} --index I --of N ${workerFlags}`])
    for (const [kind, count] of Object.entries(plan.skipped))
      rows.push(['skipped', `${formatCount(count ?? 0)} × ${kind}`])
  }
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n')
}
