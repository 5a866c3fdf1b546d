import { expect, it } from 'vitest'
import type { Detection } from './detect-membership.js'
import { describeSeparation, renderDetection } from './render-detection.js'

const all = {
  by: 'all' as const,
  value: null,
  members: 60,
  nonMembers: 50,
  auc: 0.9,
  aucInterval: [0.8, 0.95] as const,
  tprAt1PercentFpr: 0.5,
  pValue: 0.001,
}

const detection: Detection = {
  score: 'ratio',
  groups: [all, { ...all, by: 'repetitions', value: 1_000, members: 15 }],
  bucketCorrelation: null,
  roc: Array.from({ length: 101 }, (_, percent) => Math.min(1, 0.5 + percent / 100)),
}

it('no verdict comes without its numbers and its interval', () => {
  expect(describeSeparation(all)).toBe(
    'AUC 0.900 (95 % interval 0.800 to 0.950; 60 traps, 50 controls; p = 0.0010): the model holds traps likelier than controls.',
  )
  expect(describeSeparation({ ...all, auc: 0.55, aucInterval: [0.45, 0.65] })).toContain('so this says nothing')
  expect(describeSeparation({ ...all, auc: 0.3, aucInterval: [0.2, 0.4] })).toContain('nothing planted explains')
  const few = { ...all, members: 3, nonMembers: 1, auc: 1, aucInterval: [1, 1] as const, pValue: 0.28 }
  expect(describeSeparation(few)).toContain('of so few texts this says nothing')
  expect(describeSeparation({ ...few, auc: 0, aucInterval: [0, 0], pValue: 1 })).toContain('this says nothing')
})

it('a page has plots and the same numbers, and nothing from elsewhere', () => {
  const html = renderDetection({
    model: '<script>alert(1)</script>',
    reference: null,
    seed: 3,
    detections: [detection],
    program: '0.0.0',
  })
  expect(html).not.toContain('<script>')
  expect(html).toContain('&lt;script&gt;')
  expect(html).toContain("default-src 'none'")
  expect(html.match(/<svg /g)).toHaveLength(2)
  expect(html).toContain('1,000 repetitions')
  expect(html).toContain('<td>60</td><td>50</td><td>0.900</td><td>0.800 – 0.950</td>')
})
