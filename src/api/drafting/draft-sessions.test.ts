import { expect, it } from 'vitest'
import type { IndexReader } from '../../query/index-reader.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { testIndexes } from '../testkit/test-app.js'
import { type DraftSessionKey, DraftSessions } from './draft-sessions.js'

const reader = createNaiveReader(testIndexes[0])
const key: DraftSessionKey = { kind: 'draft', account: 'a', session: 's' }

/** Answers with how often the session's state was used before. */
function use(sessions: DraftSessions, asked: Partial<DraftSessionKey> = {}, from: IndexReader = reader, isKept = true) {
  return sessions.use(
    { ...key, ...asked },
    from,
    async () => ({ uses: 0 }),
    async (state) => ({ answer: state.uses++, isKept }),
  )
}

it('keeps a state for its account, kind, name and reader', async () => {
  const sessions = new DraftSessions()
  expect([await use(sessions), await use(sessions)]).toEqual([0, 1])
  expect(await use(sessions, { account: 'b' })).toBe(0)
  expect(await use(sessions, { kind: 'filter' })).toBe(0)
  expect(await use(sessions, { session: 't' })).toBe(0)
  expect(await use(sessions)).toBe(2)
  expect(await use(sessions, {}, createNaiveReader(testIndexes[0]))).toBe(0)
})

it('forgets what failed, what may not be kept, and the oldest', async () => {
  const sessions = new DraftSessions({ capacity: 2 })
  await use(sessions)
  const failing = sessions.use(
    key,
    reader,
    async () => null,
    () => Promise.reject(new Error('lost')),
  )
  await expect(failing).rejects.toThrow('lost')
  expect(sessions.size).toBe(0)
  await use(sessions, {}, reader, false)
  expect(sessions.size).toBe(0)
  for (const session of ['1', '2', '3']) await use(sessions, { session })
  expect(sessions.size).toBe(2)
  expect(await use(sessions, { session: '1' })).toBe(0)
  expect(await use(sessions, { session: '3' })).toBe(1)
})

it('forgets who is idle', async () => {
  const sessions = new DraftSessions({ idleMs: 0 })
  await use(sessions)
  expect(await use(sessions)).toBe(0)
})

it('gives a state to one request at a time', async () => {
  const sessions = new DraftSessions()
  await use(sessions)
  expect((await Promise.all([use(sessions), use(sessions)])).sort()).toEqual([0, 1])
})
