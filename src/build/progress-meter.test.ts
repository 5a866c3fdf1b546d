import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BuildProgress } from './build-options.js'
import { ProgressMeter } from './progress-meter.js'
import type { BuildWork } from './remaining-work.js'

const begun: BuildWork = {
  documents: 3,
  textBytes: 1_000,
  inputReadBytes: 1_000,
  inputBytes: 4_000,
  isReadingDone: false,
  isWaiting: false,
  readMs: 100,
  shardBytes: 1_000,
  shardsAtOnce: 1,
  shardsBegun: 1,
  shardsDone: 0,
  doneTextBytes: 0,
  running: [],
  buildMsPerByte: 1,
}

describe('ProgressMeter', () => {
  let heard: BuildProgress[]
  let work: BuildWork
  let meter: ProgressMeter
  beforeEach(() => {
    vi.useFakeTimers()
    heard = []
    work = begun
    meter = new ProgressMeter(
      (progress) => heard.push(progress),
      () => work,
    )
  })
  afterEach(() => {
    meter.close()
    vi.useRealTimers()
  })

  it('reports at most ten times a second, however often it is asked', () => {
    for (let step = 0; step < 1_000; step++) {
      vi.advanceTimersByTime(2)
      meter.report()
    }
    expect(heard.length).toBeGreaterThan(15)
    expect(heard.length).toBeLessThanOrEqual(20)
  })

  it('counts the shards to come and says what it is at', () => {
    vi.advanceTimersByTime(100)
    expect(heard.at(-1)).toMatchObject({ phase: 'read', shardsDone: 0, shardsPlanned: 4, documents: 3, etaMs: 4_000 })
    work = { ...begun, isWaiting: true, running: [{ phase: 'encode', textBytes: 1_000, share: 0.9 }] }
    vi.advanceTimersByTime(100)
    expect(heard.at(-1)).toMatchObject({ phase: 'encode' })
    meter.enterPhase('publish')
    vi.advanceTimersByTime(100)
    expect(heard.at(-1)).toMatchObject({ phase: 'publish' })
  })

  it('never goes backwards, even when there is more to do than it seemed', () => {
    vi.advanceTimersByTime(2_000)
    work = { ...begun, buildMsPerByte: 50 }
    vi.advanceTimersByTime(2_000)
    const shares = heard.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-1)).toBeLessThan(1)
  })

  it('is silent when nobody listens', () => {
    const measure = vi.fn(() => begun)
    const silent = new ProgressMeter(undefined, measure)
    silent.report()
    vi.advanceTimersByTime(1_000)
    silent.close()
    expect(measure).not.toHaveBeenCalled()
  })
})
