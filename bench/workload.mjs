/** Which queries are measured? Drawn from the corpus itself by a seed, the same for every engine. */

const countLengths = [10, 20, 50, 100, 1000]
const absentLengths = [20, 100]
const extractLengths = [10, 1000, 3000]
const separator = 0xff

/** A small generator (mulberry32), so that a seed means the same everywhere. */
export function makeRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Start of a random stretch of `length` bytes inside one document; -1 when there is hardly one. */
function drawOffset(text, length, random) {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const offset = Math.floor(random() * (text.length - length))
    const border = text.indexOf(separator, offset)
    if (border < 0 || border >= offset + length) return offset
  }
  return -1
}

function drawPatterns(text, length, queries, random) {
  const patterns = []
  for (let i = 0; i < queries; i++) {
    const offset = drawOffset(text, length, random)
    if (offset < 0) return []
    patterns.push(Buffer.from(text.subarray(offset, offset + length)))
  }
  return patterns
}

/** Offset of each document's separator. */
function findDocuments(text) {
  const starts = []
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1)) starts.push(at)
  return starts
}

/** Number of the document that holds `offset`, and the offset of its first byte. */
function findDocument(starts, offset) {
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle] <= offset) low = middle
    else high = middle
  }
  return { document: low, startOffset: starts[low] + 1 }
}

/**
 * Lines of the workload file: `count|absent LENGTH HEX`, `locate 0 ROW`, `extract LENGTH OFFSET DOCUMENT START`
 * (offset in the whole text for the peer; document and offset in it for ours).
 */
export function makeWorkload(text, { seed = 12_345, queries = 1_000 } = {}) {
  const random = makeRandom(seed)
  const lines = []
  const starts = findDocuments(text)
  for (const length of countLengths) {
    for (const pattern of drawPatterns(text, length, queries, random))
      lines.push(`count ${length} ${pattern.toString('hex')}`)
  }
  for (const length of absentLengths) {
    for (const pattern of drawPatterns(text, length, queries, random)) {
      // One byte changed: most are absent, and every engine must agree on those that are not.
      const at = Math.floor(random() * length)
      pattern[at] = 33 + ((pattern[at] + 1 + Math.floor(random() * 92)) % 94)
      lines.push(`absent ${length} ${pattern.toString('hex')}`)
    }
  }
  for (let i = 0; i < queries; i++) lines.push(`locate 0 ${Math.floor(random() * text.length)}`)
  for (const length of extractLengths) {
    for (let i = 0; i < queries / 2; i++) {
      const offset = drawOffset(text, length, random)
      if (offset < 0) continue
      const { document, startOffset } = findDocument(starts, offset)
      lines.push(`extract ${length} ${offset} ${document} ${offset - startOffset}`)
    }
  }
  return `${lines.join('\n')}\n`
}
