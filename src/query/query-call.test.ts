import { describe, expect, it } from 'vitest'
import type { OmnigramError } from '../core/errors.js'
import { QueryCall, startClock } from './query-call.js'

const never = new Promise<never>(() => {})

/** Work that ends when the call does, as a task does. */
const wait = (call: QueryCall) => Promise.race([never, new Promise<never>((_, reject) => call.onEnd(reject))])

describe('a call', () => {
  it('ends with what its work answers', async () => {
    expect(await QueryCall.run({ deadlineMs: 1000, signal: new AbortController().signal }, async () => 7)).toBe(7)
  })

  it('ends at its deadline', async () => {
    await expect(QueryCall.run({ deadlineMs: 5 }, wait)).rejects.toMatchObject({
      code: 'deadline-exceeded',
      detail: expect.stringMatching(/5 ms/),
    })
  })

  it('ends by its signal', async () => {
    const stop = new AbortController()
    const answer = QueryCall.run({ signal: stop.signal }, wait)
    stop.abort()
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('tells its other tasks when one fails', async () => {
    const reasons: OmnigramError[] = []
    const answer = QueryCall.run({}, async (call) => {
      call.onEnd((reason) => reasons.push(reason))
      throw new Error('broken')
    })
    await expect(answer).rejects.toMatchObject({ code: 'internal', detail: 'broken' })
    expect(reasons.map(({ detail }) => detail)).toEqual(['broken'])
  })

  it('notices the deadline after work that held the thread', async () => {
    const hold = async () => {
      const endsAt = performance.now() + 20
      while (performance.now() < endsAt);
    }
    await expect(QueryCall.run({ deadlineMs: 5 }, hold)).rejects.toMatchObject({ code: 'deadline-exceeded' })
  })

  it.each([0, -1, Number.NaN, 300_001, 1.5])('takes no deadline of %s ms', async (deadlineMs) => {
    await expect(QueryCall.run({ deadlineMs }, async () => 1)).rejects.toMatchObject({ code: 'bad-argument' })
  })
})

describe('a clock', () => {
  it('gives nothing after the end', async () => {
    const left = startClock({ deadlineMs: 5 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(left).toThrow(/5 ms/)
  })

  it('has no end without a deadline', () => {
    expect(startClock({})()).toEqual({ signal: undefined })
  })
})
