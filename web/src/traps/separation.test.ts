import { expect, it } from 'vitest'
import { describeGroup, nameGroup } from './separation.ts'

const group = { by: 'all', value: null, members: 60, nonMembers: 50, tprAt1PercentFpr: 0.5, pValue: 0.001 } as const

it('a verdict has its numbers and its interval', () => {
  expect(describeGroup({ ...group, auc: 0.9, aucInterval: [0.8, 0.95] })).toBe(
    'AUC 0.900, 95 % interval 0.800 to 0.950, of 60 traps and 50 controls (p = 0.0010): the model holds traps likelier than controls.',
  )
  expect(describeGroup({ ...group, auc: 0.6, aucInterval: [0.45, 0.75] })).toContain('so this says nothing')
  expect(describeGroup({ ...group, auc: 0.3, aucInterval: [0.2, 0.4] })).toContain('nothing planted explains')
  const few = { ...group, members: 3, nonMembers: 60, auc: 1, aucInterval: [1, 1] } as const
  expect(describeGroup(few)).toContain('of so few texts this says nothing')
})

it('groups have names', () => {
  expect(nameGroup(group)).toBe('all')
  expect(nameGroup({ by: 'bucket', value: 2 })).toBe('perplexity 21 to 31')
  expect(nameGroup({ by: 'repetitions', value: 1 })).toBe('1 repetition')
  expect(nameGroup({ by: 'length', value: 100 })).toBe('100 tokens')
})
