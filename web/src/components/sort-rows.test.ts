import { expect, it } from 'vitest'
import { sortRows } from './sort-rows.ts'

it('sorts numbers as numbers and keeps the order of equal rows', () => {
  const rows = ['b 10', 'a 9', 'c 10']
  const read = (row: string) => Number(row.slice(2))
  expect(sortRows(rows, read, false)).toEqual(['a 9', 'b 10', 'c 10'])
  expect(sortRows(rows, read, true)).toEqual(['b 10', 'c 10', 'a 9'])
})
