import { describe, expect, it } from 'vitest'
import type { MeasuredBuild } from '../../build/measure-build.js'
import { assumeCalibration, type BuildCalibration, formatCalibration, parseCalibration } from './build-calibration.js'
import { type CostQuestion, estimateCost, listLevers } from './cost-model.js'

const [mb, gb, tb] = [1e6, 1e9, 1e12]

/** A sample of 32 MB that was read at 100 MB/s and built at 10 MB/s, of an input of `inputBytes`. */
function sample(inputBytes: number): MeasuredBuild {
  return {
    inputBytes,
    readBytes: 32 * mb,
    sizeBytes: 32 * mb,
    readMs: 320,
    skipMs: 160,
    shards: [
      { sizeBytes: 4 * mb, documents: 1_000, spoolBytes: 4.4 * mb, buildMs: 400, indexBytes: 1.6 * mb },
      { sizeBytes: 32 * mb, documents: 8_000, spoolBytes: 35.2 * mb, buildMs: 3_200, indexBytes: 12.8 * mb },
    ],
  }
}

const machine = {
  cores: 16,
  memoryBytes: 64 * 2 ** 30,
  networkBytesPerSecond: 1.25e8,
  readLatencyMs: 0.1,
  readsPerSecond: 500_000,
}
const question: CostQuestion = {
  machines: 1,
  machine,
  shardBytes: gb,
  replicas: 2,
  fileBytes: [],
  tokenizerBytes: 0,
  mostDocuments: null,
  prices: { machineHour: 2, gibMonth: 0.1 },
}
const memoryOf = (shardBytes: number, documents: number) => 160 * 2 ** 20 + 5.3 * shardBytes + 15 * documents

describe('estimateCost', () => {
  it('sums what one machine does, a round of shards after the other', () => {
    const estimate = estimateCost(question, assumeCalibration(sample(100 * gb)), memoryOf)
    expect(estimate).toMatchObject({ textBytes: 100 * gb, shards: 100, shardsAMachine: 100, shardsAtOnce: 11 })
    expect(estimate.indexBytes).toBe(40 * gb)
    // Eleven workers, ten shards the busiest: 10 s of reading, 100 s of building a shard.
    const hours = Object.fromEntries(estimate.phases.map(({ phase, hours: each }) => [phase, each * 3_600]))
    expect(hours.read).toBeCloseTo(100)
    expect(hours.build).toBeCloseTo(1_000)
    expect(hours.upload).toBeCloseTo(320)
    expect(estimate.hours * 3_600).toBeCloseTo(100 + 1_000 + 320 + 40e9 / (500 * 2 ** 20))
    expect(estimate.binds).toBe('memory')
    expect(estimate.cost.build).toBeCloseTo(estimate.hours * 2)
    expect(estimate.cost.storageMonth).toBeCloseTo((estimate.storedBytes * 0.1) / 2 ** 30)
  })

  it('gives each worker the memory of a program, of its shard and of four times the documents of the sample, and a tenth above', () => {
    const { workerMemoryBytes, memoryBytes, shardsAtOnce, isMemoryEnough } = estimateCost(
      question,
      assumeCalibration(sample(100 * gb)),
      memoryOf,
    )
    expect(workerMemoryBytes).toBe(160 * 2 ** 20 + 5.3 * gb + 15 * 1_000_000)
    expect(memoryBytes).toBe(Math.ceil(1.1 * shardsAtOnce * workerMemoryBytes))
    expect([memoryBytes < machine.memoryBytes, isMemoryEnough]).toEqual([true, true])
    const planned = estimateCost({ ...question, mostDocuments: 7 }, assumeCalibration(sample(100 * gb)), memoryOf)
    expect(planned.workerMemoryBytes).toBe(160 * 2 ** 20 + 5.3 * gb + 15 * 7)
    const alone = estimateCost({ ...question, shardBytes: 100 * gb }, assumeCalibration(sample(100 * gb)), memoryOf)
    expect([alone.shardsAtOnce, alone.isMemoryEnough]).toEqual([1, false])
  })

  it('keeps room in the scratch folders for documents, with what lies beside their text, and for the shard', () => {
    const { scratchBytes } = estimateCost(question, assumeCalibration(sample(100 * gb)), memoryOf)
    // Beside the text of 4 kB a document has 0.4 kB.
    expect(scratchBytes).toBeCloseTo(11 * ((1 + 2 * 4 * 0.1) * gb + 1.1 * 0.4 * gb + 1_024), -1)
    const planned = estimateCost({ ...question, mostDocuments: 7 }, assumeCalibration(sample(100 * gb)), memoryOf)
    expect(planned.scratchBytes).toBeCloseTo(11 * (gb + 2 * 7 * 400 + 1.1 * 0.4 * gb + 1_024), -1)
    const withTokenizer = estimateCost(
      { ...question, tokenizerBytes: 5 },
      assumeCalibration(sample(100 * gb)),
      memoryOf,
    )
    expect(withTokenizer.scratchBytes).toBe(scratchBytes + 55)
  })

  it('keeps room in the store for a tenth more than the sample says, and for the records of the build', () => {
    const files = { ...question, fileBytes: [60 * gb, 40 * gb], tokenizerBytes: 5 }
    const { storeBytes, storedBytes, servedBytesAMachine } = estimateCost(
      files,
      assumeCalibration(sample(100 * gb)),
      memoryOf,
    )
    expect(storeBytes).toBe(44 * gb + 8_192 + 100 * 1_024 + 2 * 256 + 5)
    expect(servedBytesAMachine).toBe(88 * gb)
    expect(storedBytes).toBe(storeBytes + 88 * gb)
  })

  it('has smaller shards be larger beside their text, as the sample shows, and trusts no larger ones to be smaller', () => {
    const [small, whole] = sample(1).shards
    const measured = { ...sample(100 * gb), shards: [{ ...small, indexBytes: 1.9 * mb }, whole] as const }
    const indexOf = (shardBytes: number) =>
      estimateCost({ ...question, shardBytes }, assumeCalibration(measured), memoryOf).indexBytes
    // 0.475 of the text at 4 MB, 0.4 at 32 MB.
    expect(indexOf(4 * mb)).toBeCloseTo(47.5 * gb, -2)
    expect(indexOf(2 * mb)).toBeCloseTo(50 * gb, -2)
    expect(indexOf(gb)).toBe(40 * gb)
  })

  it('counts what stands before a shard in its file', () => {
    const read = (fileBytes: readonly number[]) =>
      estimateCost({ ...question, fileBytes }, assumeCalibration(sample(100 * gb)), memoryOf).phases[1].hours * 3_600
    expect(read(Array.from({ length: 100 }, () => gb))).toBeCloseTo(100)
    // The first of eleven workers passes over 0, 11, ... 99 GB of the one file, at 200 MB/s.
    expect(read([100 * gb])).toBeCloseTo(100 + 495 / 0.2)
  })

  it('says that more machines than shards buy nothing', () => {
    const few = estimateCost({ ...question, machines: 100 }, assumeCalibration(sample(100 * gb)), memoryOf)
    const many = estimateCost({ ...question, machines: 10_000 }, assumeCalibration(sample(100 * gb)), memoryOf)
    expect([few.binds, many.hours, many.machineHours]).toEqual(['shards', few.hours, few.machineHours])
  })

  it('says when cores bind, and that a machine with no room builds one shard at a time', () => {
    const cores = { ...question, machine: { ...machine, cores: 2 } }
    expect(estimateCost(cores, assumeCalibration(sample(100 * gb)), memoryOf)).toMatchObject({
      binds: 'cores',
      shardsAtOnce: 2,
    })
    const tight = { ...question, machine: { ...machine, memoryBytes: 2 ** 30 } }
    expect(estimateCost(tight, assumeCalibration(sample(100 * gb)), memoryOf)).toMatchObject({
      binds: 'memory',
      shardsAtOnce: 1,
    })
  })

  it('makes a byte dearer in a larger shard as the sample shows, and takes no noise for a law', () => {
    const rising = {
      ...sample(100 * gb),
      shards: [{ ...sample(1).shards[0], buildMs: 340 }, sample(1).shards[1]],
    } as const
    const build = (measured: MeasuredBuild) =>
      estimateCost(question, assumeCalibration(measured), memoryOf).phases[2].hours
    // 5 ns a byte for each of 3 doublings; 4.97 doublings more to a shard of 1 GB.
    expect(build(rising) / build(sample(100 * gb))).toBeCloseTo(1 + 0.05 * Math.log2(1000 / 32))
    const falling = {
      ...sample(100 * gb),
      shards: [{ ...sample(1).shards[0], buildMs: 800 }, sample(1).shards[1]],
    } as const
    expect(build(falling)).toBeCloseTo(build(sample(100 * gb)))
  })

  it('takes a small input for one shard', () => {
    const small = { ...sample(32 * mb) }
    expect(estimateCost(question, assumeCalibration(small), memoryOf)).toMatchObject({
      shards: 1,
      textBytes: 32 * mb,
      shardsAtOnce: 1,
    })
  })

  it('predicts for an input that is smaller than what was measured', () => {
    expect(estimateCost(question, assumeCalibration(sample(8 * mb)), memoryOf)).toMatchObject({ textBytes: 8 * mb })
  })

  it('knows whether the latency or the number of reads of a disk binds a cold count', () => {
    const few = estimateCost({ ...question, machines: 100 }, assumeCalibration(sample(100 * gb)), memoryOf).latencies
    expect(few.map(({ binds }) => binds)).toEqual(['disk latency', 'disk latency', 'disk latency'])
    expect(few.map(({ coldMs }) => Number(coldMs.toFixed(1)))).toEqual([0.7, 9.7, 99.7])
    const many = estimateCost(question, assumeCalibration(sample(100 * tb)), memoryOf).latencies
    expect(many[1].binds).toBe('disk reads a second')
  })
})

describe('a calibration', () => {
  const calibration: BuildCalibration = {
    ...assumeCalibration(sample(100 * gb)),
    programMs: 500,
    aloneMs: 1_000,
    crowdedMs: 1_500,
    sideBySide: 16,
  }

  it('makes shards dearer that are built side by side, and counts the start of the program', () => {
    const phases = (given: BuildCalibration, cores: number) =>
      estimateCost({ ...question, machine: { ...machine, cores } }, given, memoryOf).phases
    const [alone, crowded] = [assumeCalibration(sample(100 * gb)), calibration]
    expect(phases(crowded, 1)[2].hours).toBe(phases(alone, 1)[2].hours)
    // Memory lets 11 of 16 be built at one time.
    expect(phases(crowded, 16)[2].hours / phases(alone, 16)[2].hours).toBeCloseTo(1 + (0.5 * 10) / 15)
    expect(phases(crowded, 16)[0]).toEqual({ phase: 'start', hours: 500 / 3_600_000 })
  })

  it('is read as it was written, and refused when it is none', () => {
    expect(parseCalibration(formatCalibration(calibration), 'measured.json')).toEqual(calibration)
    const { measured } = calibration
    const [small, whole] = measured.shards
    const broken = [
      { ...measured, readBytes: 0 },
      { ...measured, sizeBytes: 0 },
      { ...measured, shards: [{ ...small, sizeBytes: 0 }, whole] as const },
    ].map((changed) => formatCalibration({ ...calibration, measured: changed }))
    for (const text of ['', '{}', 'null', ...broken]) {
      expect(() => parseCalibration(text, 'measured.json')).toThrowError(expect.objectContaining({ code: 'bad-plan' }))
    }
  })
})

describe('listLevers', () => {
  it('names three changes, the fastest first', () => {
    const levers = listLevers(question, assumeCalibration(sample(100 * gb)), memoryOf)
    expect(levers).toHaveLength(3)
    expect(levers[0].hours).toBeLessThanOrEqual(levers[1].hours)
    expect(levers[0].hours).toBeLessThan(estimateCost(question, assumeCalibration(sample(100 * gb)), memoryOf).hours)
  })
})
