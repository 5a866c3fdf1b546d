/** How do many short patterns travel between threads? Back to back: two arrays cost less than thousands. */

export interface PackedPatterns {
  readonly bytes: Uint8Array
  /** End of each pattern in `bytes`. */
  readonly ends: Uint32Array
}

/** Less than 4 GiB in all. */
export function packPatterns(patterns: readonly Uint8Array[]): PackedPatterns {
  let end = 0
  const ends = Uint32Array.from(patterns, ({ length }) => {
    end += length
    return end
  })
  const bytes = new Uint8Array(end)
  patterns.forEach((pattern, at) => {
    bytes.set(pattern, ends[at] - pattern.length)
  })
  return { bytes, ends }
}

/** Views into the packed bytes. */
export function unpackPatterns({ bytes, ends }: PackedPatterns): Uint8Array[] {
  return Array.from(ends, (end, at) => bytes.subarray(at === 0 ? 0 : ends[at - 1], end))
}
