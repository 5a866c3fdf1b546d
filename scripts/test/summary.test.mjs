import { describe, expect, it } from 'vitest'
import { tallyRust } from './stages.mjs'
import { summarise } from './summary.mjs'

const rust = { passed: 2, failed: 0, skips: [], failures: [] }
const web = { passed: 3, failed: 0, skips: ['opens: no chromium'], failures: [] }

describe('summarise', () => {
  it('sums all stages in the closing line', () => {
    expect(summarise([rust, rust], false)).toEqual({ lines: ['4 passed, 0 failed'], isGreen: true })
  })

  it('lists what was skipped above the closing line', () => {
    const { lines, isGreen } = summarise([rust, web], false)
    expect(lines).toEqual(['Skipped: opens: no chromium', '5 passed, 0 failed, 1 skipped'])
    expect(isGreen).toBe(true)
  })

  it('takes a skip for a failure where it is strict', () => {
    const { lines, isGreen } = summarise([rust, web], true)
    expect(lines.at(-1)).toBe('5 passed, 1 failed')
    expect(isGreen).toBe(false)
  })

  it('is not green when nothing ran', () => {
    expect(summarise([], false).isGreen).toBe(false)
  })
})

describe('tallyRust', () => {
  const output = [
    'test bits::get ... ok',
    'test bits::slow ... ignored, needs a large corpus',
    'test rank::push ... FAILED',
    'test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    'test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
  ].join('\n')

  it('sums every test program and names what failed or was left out', () => {
    expect(tallyRust(output, 101)).toEqual({
      passed: 8,
      failed: 1,
      skips: ['bits::slow: needs a large corpus'],
      failures: ['rank::push'],
    })
  })

  it('counts a program that did not compile as a failure', () => {
    expect(tallyRust('', 101).failed).toBe(1)
  })
})
