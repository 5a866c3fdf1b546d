/** Which token ids does a list on the command line or in a line of a file say? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'

/** Whole numbers between commas or blanks, in brackets or without; none is the empty pattern. Throws `bad-argument` that names `place`. */
export function parseIds(text: string, place: string): Uint32Array {
  const bare = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text
  const words = bare.trim() === '' ? [] : bare.trim().split(/\s*,\s*|\s+/)
  return Uint32Array.from(words, (word) => {
    const id = /^\d{1,10}$/.test(word) ? Number(word) : Number.NaN
    if (id < limits.vocabulary) return id
    const range = `a token id from 0 to ${limits.vocabulary - 1}`
    throw new OmnigramError('bad-argument', `${place}: ${JSON.stringify(word.slice(0, 40))} is not ${range}.`)
  })
}
