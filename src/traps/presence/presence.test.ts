import { expect, it } from 'vitest'
import { NaiveReader } from '../../query/testkit/naive-reader.js'
import type { Trap } from '../trap.js'
import { measurePresence } from './measure-presence.js'
import { measureSurvival, summarizeSurvival } from './measure-survival.js'

function makeTrap(id: string, text: string, repetitions: number, role: Trap['role'] = 'trap'): Trap {
  return { id, text, tokens: [1, 2], perplexity: 2, bucket: 0, seed: 1, role, repetitions }
}

const traps = [
  makeTrap('a', 'zebra quartz', 3),
  makeTrap('b', 'violet lynx', 1),
  makeTrap('c', 'odd moss', 0, 'control'),
]
const openCorpus = (name: string, texts: readonly string[]) =>
  new NaiveReader({
    name,
    documents: texts.map((text, at) => ({ externalId: `${name}-${at}`, metadata: null, facets: [], text })),
  })
const before = openCorpus('before', ['x zebra quartzglued zebra quartz', 'none', 'zebra quartz violet lynx'])
const after = openCorpus('after', ['x', 'none', 'violet lynx'])

it('counts each trap beside its plan, glued or not, with documents and what else is in them', async () => {
  const rows = await measurePresence([before, after], traps)
  expect(
    rows.map(({ trap, index, planned, found, isAsPlanned, documentCount }) => [
      trap,
      index,
      planned,
      found,
      isAsPlanned,
      documentCount,
    ]),
  ).toEqual([
    ['a', 'before', 3, 3, true, 2],
    ['b', 'before', 1, 1, true, 1],
    ['c', 'before', 0, 0, true, 0],
    ['a', 'after', 3, 0, false, 0],
    ['b', 'after', 1, 1, true, 1],
    ['c', 'after', 0, 0, true, 0],
  ])
  expect(rows[0]?.documents).toMatchObject([
    { document: 0, externalId: 'before-0', occurrences: 2, otherTraps: [] },
    { document: 2, externalId: 'before-2', occurrences: 1, otherTraps: ['b'] },
  ])
})

it('says what a cleaning left, beside what was to be expected', async () => {
  const rows = await measureSurvival(before, after, traps, {
    method: 'substring',
    substringBytes: 12,
    keepsFirst: false,
  })
  expect(rows.map(({ trap, before: b, after: a, predicted }) => [trap, b, a, predicted])).toEqual([
    ['a', 3, 0, 0],
    ['b', 1, 1, 1],
  ])
  expect(summarizeSurvival(rows)).toEqual([
    {
      length: 2,
      repetitions: 1,
      traps: 1,
      present: 1,
      surviving: 1,
      copiesBefore: 1,
      copiesAfter: 1,
      copiesPredicted: 1,
    },
    {
      length: 2,
      repetitions: 3,
      traps: 1,
      present: 1,
      surviving: 0,
      copiesBefore: 3,
      copiesAfter: 0,
      copiesPredicted: 0,
    },
  ])
})

it('finds leaks in the indexes of others, where nothing is planned', async () => {
  const rows = await measurePresence([before, after], traps, { isLeakWatch: true })
  const leaks = rows.filter(({ isAsPlanned }) => !isAsPlanned)
  expect(leaks.map(({ trap, index, found }) => [trap, index, found])).toEqual([
    ['a', 'before', 3],
    ['b', 'before', 1],
    ['b', 'after', 1],
  ])
})

it('expects nothing of strings that are longer than what is read around a copy', async () => {
  const cleaning = { method: 'substring', substringBytes: 10_001, keepsFirst: false } as const
  await expect(measureSurvival(before, after, traps, cleaning)).rejects.toMatchObject({ code: 'bad-argument' })
})
