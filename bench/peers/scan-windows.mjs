/**
 * Which of many windows stand in a corpus, without an index? A good scan: one pass with a rolling hash over code points, and
 * a look at the window itself where the hash is known.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

const windowCharacters = 50
const base = 0x01000193
const filterBits = 24

/** The windows of `wanted` (a Set of strings of 50 code points) that occur in the `text` of a line of the JSONL file. */
export async function scanWindows(jsonlPath, wanted) {
  const filter = new Uint8Array(2 ** (filterBits - 3))
  for (const window of wanted) {
    const slot = mix(hashOf(toCodePoints(window), 0)) >>> (32 - filterBits)
    filter[slot >> 3] |= 1 << (slot & 7)
  }
  const found = new Set()
  for await (const line of createInterface({ input: createReadStream(jsonlPath) })) {
    if (line !== '') scanText(toCodePoints(JSON.parse(line).text), filter, wanted, found)
  }
  return found
}

function scanText(points, filter, wanted, found) {
  if (points.length < windowCharacters) return
  let lead = 1
  for (let i = 1; i < windowCharacters; i++) lead = Math.imul(lead, base)
  let hash = hashOf(points, 0)
  for (let at = 0; ; at++) {
    const slot = mix(hash) >>> (32 - filterBits)
    if (filter[slot >> 3] & (1 << (slot & 7))) {
      const window = String.fromCodePoint(...points.subarray(at, at + windowCharacters))
      if (wanted.has(window)) found.add(window)
    }
    if (at + windowCharacters >= points.length) return
    hash = (Math.imul(hash - Math.imul(points[at], lead), base) + points[at + windowCharacters]) | 0
  }
}

function hashOf(points, start) {
  let hash = 0
  for (let i = start; i < start + windowCharacters; i++) hash = (Math.imul(hash, base) + points[i]) | 0
  return hash
}

/** The high bits of a polynomial hash depend on too little. */
function mix(hash) {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
}

function toCodePoints(text) {
  const points = new Uint32Array(text.length)
  let length = 0
  for (let offset = 0; offset < text.length; length++) {
    const point = text.codePointAt(offset)
    points[length] = point
    offset += point > 0xffff ? 2 : 1
  }
  return points.subarray(0, length)
}
