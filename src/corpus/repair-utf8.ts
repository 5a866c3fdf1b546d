/** How does input that is not Unicode become valid UTF-8, and how often had something to be replaced? */
import { Buffer, isUtf8 } from 'node:buffer'

/** Bytes decoded at once, so that a text of gigabytes needs no string of its size. */
const sliceBytes = 4 * 1024 * 1024

export interface RepairedText {
  /** Valid UTF-8. */
  readonly bytes: Buffer
  /** U+FFFD characters that were put in. */
  readonly replacedCount: number
}

/**
 * Bytes with each maximal invalid part replaced by U+FFFD (WHATWG). O(n); valid input is returned as it is, uncopied.
 * A byte order mark is text like any other.
 */
export function repairUtf8(bytes: Buffer): RepairedText {
  if (isUtf8(bytes)) return { bytes, replacedCount: 0 }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const slices: Buffer[] = []
  for (let start = 0; start < bytes.length; start += sliceBytes) {
    slices.push(Buffer.from(decoder.decode(bytes.subarray(start, start + sliceBytes), { stream: true })))
  }
  slices.push(Buffer.from(decoder.decode()))
  const repaired = Buffer.concat(slices)
  // No invalid part can hold or split a U+FFFD that stood in the input, so the difference is what was put in.
  return { bytes: repaired, replacedCount: countReplacements(repaired) - countReplacements(bytes) }
}

/** A string as UTF-8, each lone surrogate replaced by U+FFFD. O(n). */
export function encodeText(text: string): RepairedText {
  return { bytes: Buffer.from(text), replacedCount: countLoneSurrogates(text) }
}

/** Lone surrogates of a string. O(n), and quick where there are none. */
export function countLoneSurrogates(text: string): number {
  if (text.isWellFormed()) return 0
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0
    if (codePoint > 0xffff) i++
    else if (codePoint >= 0xd800 && codePoint <= 0xdfff) count++
  }
  return count
}

/** U+FFFD characters in UTF-8. O(n). */
export function countReplacements(bytes: Buffer): number {
  let count = 0
  for (let offset = 0; offset + 2 < bytes.length; offset++) {
    if (bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd) count++
  }
  return count
}
