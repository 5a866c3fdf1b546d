import { expect, it } from 'vitest'
import type { ModelAnswer } from './answers.ts'
import { chooseIndex, describeTask, emptyTask, readTask, type Task, writeTask } from './task.ts'

const tasks: readonly Task[] = [
  emptyTask,
  { ...emptyTask, prompt: 'a & b\n=1', index: 'words', tokens: 64 },
  { ...emptyTask, preset: 'p15_d2', isFiltered: false },
  { ...emptyTask, mode: 'speculative', drafter: 'suffix' },
]

it('comes back from its address', () => {
  for (const task of tasks) expect(readTask(writeTask(task).replace(/^[^?]*/, ''))).toEqual(task)
  expect(writeTask(emptyTask)).toBe('/drafts')
  expect(readTask('?tokens=9999&mode=other')).toEqual(emptyTask)
})

it('asks the server for what its mode knows', () => {
  expect(describeTask(emptyTask)).toEqual({ prompt: '', mode: 'superposed', tokens: 16, filter: true })
  expect(describeTask({ ...emptyTask, mode: 'speculative', preset: 'x', drafter: 'suffix' })).toEqual({
    prompt: '',
    mode: 'speculative',
    tokens: 16,
    origins: true,
    drafter: 'suffix',
  })
  expect(describeTask({ ...emptyTask, mode: 'plain' })).toEqual({ prompt: '', mode: 'plain', tokens: 16 })
})

it('is for an index that the model goes with', () => {
  const answer = {
    model: { name: 'm', vocabulary: 3, contextLength: 9 },
    indexes: [
      { name: 'bytes', lack: 'It holds bytes.' },
      { name: 'one', lack: null },
      { name: 'two', lack: null },
    ],
  } as unknown as ModelAnswer
  expect(['two', 'bytes', null].map((index) => chooseIndex({ ...emptyTask, index }, answer))).toEqual([
    'two',
    'one',
    'one',
  ])
  expect(chooseIndex(emptyTask, { ...answer, indexes: [] })).toBeNull()
  expect(chooseIndex(emptyTask, { ...answer, model: null })).toBeNull()
})
