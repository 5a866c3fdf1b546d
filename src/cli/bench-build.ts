/** `omnigram bench build`: how fast does this machine build, alone and with all its cores? For `omnigram plan --measured`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuildOptions } from '../build/build-options.js'
import { type MeasuredBuild, measureBuild } from '../build/measure-build.js'
import { estimateWorkerMemory } from '../build/memory-plan.js'
import { type BuildCalibration, crowdFactor, formatCalibration } from '../cluster/plan/build-calibration.js'
import { OmnigramError } from '../core/errors.js'
import { formatBytes, formatDuration } from '../core/units.js'
import { readBuildOptions } from './build.js'
import { prepareFile, writeWhole } from './result-file.js'
import { listArg, numberFlag, textFlag, type VerbCall } from './verb.js'

type Options = Omit<BuildOptions, 'indexDir'>

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const path = textFlag(flags, 'output')
  await prepareFile(path)
  const options = { ...readBuildOptions(call, listArg(call, 0)), threads: 1 }
  const sampleBytes = numberFlag(flags, 'sampleSize') ?? 64 * 2 ** 20
  terminal.showProgress(`measure  one build of ${formatBytes(sampleBytes)}`)
  const measured = await measureSample(options, sampleBytes)
  const calibration = {
    measured,
    ...(await measureCrowd(call, options, sampleBytes, measured)),
    programMs: await measureProgram(),
  }
  terminal.clearProgress()
  if (path !== undefined) await writeWhole(path, formatCalibration(calibration))
  if (terminal.options.isJson) await terminal.writeJson(calibration)
  else await terminal.writeLine(describe(calibration))
  return 0
}

async function measureSample(options: Options, sampleBytes: number): Promise<MeasuredBuild> {
  const indexDir = await mkdtemp(join(tmpdir(), 'omnigram-bench-'))
  try {
    return await measureBuild({ ...options, indexDir }, sampleBytes)
  } finally {
    await rm(indexDir, { recursive: true, force: true })
  }
}

/** A build on each core at one time, beside one alone: they share the memory's speed. */
async function measureCrowd(
  { terminal }: VerbCall,
  options: Options,
  sampleBytes: number,
  { shards: [, whole] }: MeasuredBuild,
): Promise<Pick<BuildCalibration, 'aloneMs' | 'crowdedMs' | 'sideBySide'>> {
  const partBytes = Math.ceil(sampleBytes / 2)
  const documents = Math.ceil((partBytes * whole.documents) / whole.sizeBytes)
  // As many as the memory of the call has room for, each with its share.
  const fitting = Math.floor(options.memoryBytes / estimateWorkerMemory(options, partBytes, documents))
  const sideBySide = Math.max(1, Math.min(availableParallelism(), fitting))
  const time = async (count: number) => {
    const share = { ...options, memoryBytes: Math.floor(options.memoryBytes / count) }
    const builds = Array.from({ length: count }, () => measureSample(share, partBytes))
    const times = (await Promise.all(builds)).map(({ shards: [, whole] }) => whole.buildMs)
    return times.reduce((sum, each) => sum + each, 0) / count
  }
  terminal.showProgress(`measure  ${sideBySide} builds side by side`)
  return { aloneMs: await time(1), crowdedMs: await time(sideBySide), sideBySide }
}

/** A worker without work: one that is told what is wrong with its plan. */
async function measureProgram(): Promise<number> {
  const [, program] = process.argv
  const startedAtMs = performance.now()
  const args = [program, 'worker', '--plan', '/dev/null', '--index', '0', '--of', '1', '-q']
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  const [status] = (await once(child, 'close')) as [number | null]
  if (status === null) throw new OmnigramError('internal', 'A program that should end by itself was killed.')
  return performance.now() - startedAtMs
}

function describe(calibration: BuildCalibration): string {
  const { measured, programMs, sideBySide } = calibration
  const [, { sizeBytes, buildMs, indexBytes }] = measured.shards
  const rate = (bytes: number, timeMs: number) => `${(bytes / 1_000 / timeMs).toFixed(1)} MB/s`
  const rows: [string, string][] = [
    ['sample', `${formatBytes(sizeBytes)}, index ${(indexBytes / sizeBytes).toFixed(3)} of it`],
    ['read', rate(measured.sizeBytes, measured.readMs)],
    ['build', `${rate(sizeBytes, buildMs)} a core`],
    ['together', `${crowdFactor(calibration, sideBySide).toFixed(2)} times as long with ${sideBySide} at a time`],
    ['program', formatDuration(programMs)],
  ]
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n')
}
