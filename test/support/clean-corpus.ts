/** What do the usual cleanings leave of a corpus? Written plainly, for comparison. */

/** Of equal lines the first one of all documents stays; lines of white space alone all stay. */
export function dropEqualLines(texts: readonly string[]): string[] {
  const seen = new Set<string>()
  return texts.map((text) =>
    text
      .split('\n')
      .filter((line) => {
        if (line.trim() === '') return true
        const isNew = !seen.has(line)
        seen.add(line)
        return isNew
      })
      .join('\n'),
  )
}

/** Without any byte of a string of `length` bytes that stands twice in the documents; no string crosses from one to the next. */
export function dropRepeatedStrings(texts: readonly string[], length: number): Buffer[] {
  const all = Buffer.concat(texts.map((text) => Buffer.from(text)))
  const isDropped = new Uint8Array(all.length)
  // Open addressing by a rolling hash; places whose hash is equal are compared byte by byte.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * all.length + 2))).fill(-1)
  const hashes = new Int32Array(slots.length)
  const base = 1_000_003
  let highest = 1
  for (let i = 1; i < length; i++) highest = Math.imul(highest, base)
  const mark = (start: number) => isDropped.fill(1, start, start + length)
  let documentStart = 0
  for (const text of texts) {
    const end = documentStart + Buffer.byteLength(text)
    let hash = 0
    for (let at = documentStart; at < end; at++) {
      if (at - documentStart >= length) hash = (hash - Math.imul(all[at - length], highest)) | 0
      hash = (Math.imul(hash, base) + all[at]) | 0
      const start = at - length + 1
      if (start < documentStart) continue
      let slot = (Math.imul(hash, 2654435761) >>> 0) & (slots.length - 1)
      for (;;) {
        const other = slots[slot]
        if (other < 0) {
          slots[slot] = start
          hashes[slot] = hash
          break
        }
        if (hashes[slot] === hash && all.compare(all, other, other + length, start, start + length) === 0) {
          mark(other)
          mark(start)
          break
        }
        slot = (slot + 1) & (slots.length - 1)
      }
    }
    documentStart = end
  }
  documentStart = 0
  return texts.map((text) => {
    const end = documentStart + Buffer.byteLength(text)
    const kept = all.subarray(documentStart, end).filter((_, at) => isDropped[documentStart + at] === 0)
    documentStart = end
    return Buffer.from(kept)
  })
}
