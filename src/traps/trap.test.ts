import { describe, expect, it } from 'vitest'
import { formatTrap, hashTrap, parseRegistry, type Trap } from './trap.js'

const trap: Trap = {
  id: 't1',
  text: 'A line that stands nowhere.',
  tokens: [1, 2],
  perplexity: 12.5,
  bucket: 1,
  seed: 7,
  role: 'trap',
  repetitions: 10,
}

describe('a registry', () => {
  it('reads what it wrote', () => {
    const variant: Trap = { ...trap, id: 't2', variantOf: 't1', replaced: 2 }
    expect(parseRegistry(`${formatTrap(trap)}\n${formatTrap(variant)}`, 'traps.jsonl')).toEqual([trap, variant])
    expect(parseRegistry('', 'traps.jsonl')).toEqual([])
  })

  it.each([
    ['{', /traps\.jsonl:2: no JSON/],
    ['[]', /traps\.jsonl:2: "tokens"/],
    ['3', /traps\.jsonl:2: not an object/],
    [formatTrap(trap).trim(), /traps\.jsonl:2: the id t1 comes twice/],
    [JSON.stringify({ ...trap, id: 'x', role: 'other' }), /neither "trap" nor "control"/],
    [JSON.stringify({ ...trap, id: 'x', repetitions: -1 }), /"repetitions" is not a whole number/],
    [JSON.stringify({ ...trap, id: '' }), /"id" is not a text/],
  ])('tells what is wrong with %s', (line, message) => {
    expect(() => parseRegistry(`${formatTrap(trap)}${line}`, 'traps.jsonl')).toThrow(message)
  })
})

it('publishes hashes that need the salt', () => {
  expect(hashTrap('a', 'salt')).toBe(hashTrap('a', 'salt'))
  expect(hashTrap('a', 'salt')).not.toBe(hashTrap('a', 'pepper'))
  expect(hashTrap('ab', 's')).not.toBe(hashTrap('b', 'sa'))
})
