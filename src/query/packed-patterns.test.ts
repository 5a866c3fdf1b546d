import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packPatterns, unpackPatterns } from './packed-patterns.js'

it('gives back what was packed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (patterns) => {
      expect(unpackPatterns(packPatterns(patterns)).map((bytes) => [...bytes])).toEqual(
        patterns.map((bytes) => [...bytes]),
      )
    }),
  )
})
