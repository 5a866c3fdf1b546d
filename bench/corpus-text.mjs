/** What is the text of a JSONL corpus, in the form that the peers index? Each document as byte 0xFF and its UTF-8. */

import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

const separator = Buffer.from([0xff])

/** Lines of a file, cut at byte 0x0A only: `readline` would also cut at U+2028. */
async function* readLines(path) {
  let parts = []
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end))
      yield Buffer.concat(parts)
      parts = []
      start = end + 1
    }
    parts.push(chunk.subarray(start))
  }
  yield Buffer.concat(parts)
}

/** Writes `0xFF text` for each line; documents with byte 0 are left out and counted, as the sdsl peer cannot hold them. */
export async function writeCorpusText(jsonlPath, textPath) {
  const out = createWriteStream(textPath)
  let documents = 0
  let textBytes = 0
  let leftOut = 0
  for await (const line of readLines(jsonlPath)) {
    if (line.length === 0) continue
    const text = Buffer.from(JSON.parse(line.toString('utf8')).text, 'utf8')
    if (text.includes(0)) {
      leftOut += 1
      continue
    }
    documents += 1
    textBytes += text.length
    if (!out.write(Buffer.concat([separator, text]))) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  return { documents, textBytes, leftOut }
}
