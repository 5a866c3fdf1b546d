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
    shards: [
      { sizeBytes: 4 * mb, buildMs: 400, indexBytes: 1.6 * mb },
      { sizeBytes: 32 * mb, buildMs: 3_200, indexBytes: 12.8 * mb },
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
  prices: { machineHour: 2, gibMonth: 0.1 },
}
const memoryOf = (shardBytes: number) => 5.3 * shardBytes

describe('estimateCost', () => {
  it('sums what one machine does, a round of shards after the other', () => {
    const estimate = estimateCost(question, assumeCalibration(sample(100 * gb)), memoryOf)
    expect(estimate).toMatchObject({ textBytes: 100 * gb, shards: 100, shardsAMachine: 100, shardsAtOnce: 12 })
    expect(estimate.indexBytes).toBe(40 * gb)
    // 9 rounds of a shard: 10 s of reading, 100 s of building.
    const hours = Object.fromEntries(estimate.phases.map(({ phase, hours: each }) => [phase, each * 3_600]))
    expect(hours.read).toBeCloseTo(90)
    expect(hours.build).toBeCloseTo(900)
    expect(hours.upload).toBeCloseTo(320)
    expect(estimate.hours * 3_600).toBeCloseTo(90 + 900 + 320 + 40e9 / (500 * 2 ** 20))
    expect(estimate.binds).toBe('memory')
    expect(estimate.memoryBytes).toBeLessThan(machine.memoryBytes)
    expect(estimate.storedBytes).toBe(120 * gb)
    expect(estimate.cost.build).toBeCloseTo(estimate.hours * 2)
    expect(estimate.cost.storageMonth).toBeCloseTo((120 * gb * 0.1) / 2 ** 30)
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
    // Memory lets 12 of 16 be built at one time.
    expect(phases(crowded, 16)[2].hours / phases(alone, 16)[2].hours).toBeCloseTo(1 + (0.5 * 11) / 15)
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
