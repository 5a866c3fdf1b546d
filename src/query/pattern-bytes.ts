/** Which bytes does a pattern stand for, and may they be searched? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Matching, Pattern } from '../core/pattern.js'
import { decodeStrictly } from './text-bytes.js'

/** The byte between documents: never in UTF-8, so no pattern may hold it. */
const separator = 0xff

const encoder = new TextEncoder()

/**
 * The bytes of `pattern`, in a buffer of their own. O(length).
 *
 * Throws `bad-pattern`: a lone surrogate, byte 0xFF, more than `limits.patternUnits` UTF-16 units, or, where `matching`
 * goes by characters, bytes that are not UTF-8.
 */
export function encodePattern(pattern: Pattern, matching?: Matching): Uint8Array {
  const bytes = encodeSymbols(pattern)
  const units = typeof pattern === 'string' ? pattern.length : countUnitsAtMost(bytes)
  if (units > limits.patternUnits) {
    throw new OmnigramError('bad-pattern', `It has ${units} UTF-16 units, the limit is ${limits.patternUnits}.`)
  }
  if (isByCharacter(matching) && typeof pattern !== 'string' && decodeStrictly(bytes) === null) {
    throw new OmnigramError('bad-pattern', 'ignoreCase and flexibleSpace need a pattern that is UTF-8 throughout.')
  }
  return bytes
}

/** As {@link encodePattern}, for text that is not searched in one piece: no limit on its length. */
export function encodeSymbols(symbols: Pattern): Uint8Array {
  if (typeof symbols === 'string') {
    const lone = /\p{Surrogate}/u.exec(symbols)
    if (lone) throw new OmnigramError('bad-pattern', `It holds a lone surrogate at UTF-16 unit ${lone.index}.`)
    return encoder.encode(symbols)
  }
  if (symbols instanceof Uint32Array) {
    throw new OmnigramError('bad-pattern', 'It is of token ids, and the index is of bytes.')
  }
  if (!(symbols instanceof Uint8Array)) throw new OmnigramError('bad-pattern', 'It is neither a string nor bytes.')
  const separatorOffset = symbols.indexOf(separator)
  if (separatorOffset >= 0) {
    throw new OmnigramError('bad-pattern', `It holds byte 0xFF at offset ${separatorOffset}, which no UTF-8 text does.`)
  }
  return new Uint8Array(symbols)
}

/** Whether `matching` asks for anything but equal bytes. */
export function isByCharacter(matching: Matching | undefined): boolean {
  return matching?.ignoreCase === true || matching?.flexibleSpace === true
}

/** UTF-16 units of the text; the bytes alone where there are too few of them to pass the limit. */
function countUnitsAtMost(bytes: Uint8Array): number {
  return bytes.length <= limits.patternUnits ? bytes.length : new TextDecoder().decode(bytes).length
}
