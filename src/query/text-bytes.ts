/** Which text are bytes, and which of two byte strings comes first? Without `Buffer`, which pages do not have. */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
const encoder = new TextEncoder()

/** UTF-8 as text; what is none becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Bytes of a text in UTF-8. */
export function countBytes(text: string): number {
  return encoder.encode(text).length
}

/** Null for bytes that are not UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return null
  }
}

/** Negative when `a` comes first: by bytes, and a beginning before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a[at] !== b[at]) return a[at] - b[at]
  }
  return a.length - b.length
}

/** As {@link compareBytes} of the texts in UTF-8. */
export function compareTexts(a: string, b: string): number {
  return compareBytes(encoder.encode(a), encoder.encode(b))
}

/** Whether `part` stands in `bytes`; nothing stands everywhere. O(bytes * part) at worst, near O(bytes) on text. */
export function includesBytes(bytes: Uint8Array, part: Uint8Array): boolean {
  if (part.length === 0) return true
  const last = bytes.length - part.length
  for (let at = bytes.indexOf(part[0]); at >= 0 && at <= last; at = bytes.indexOf(part[0], at + 1)) {
    let length = 1
    while (length < part.length && bytes[at + length] === part[length]) length++
    if (length === part.length) return true
  }
  return false
}
