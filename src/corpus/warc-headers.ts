/** Where does the next block of headers stand in a WARC file, and what does it say? */
import { Buffer } from 'node:buffer'
import { AsyncIterReader, HeadersMultiMap, StatusAndHeadersParser } from 'warcio'
import { FileFailure } from './read-report.js'

/** Far above any real block, far below memory. */
const maxHeaderBytes = 1024 * 1024

export interface HeaderBlock {
  /** From the status line to the empty line, with both. */
  readonly bytes: Buffer
  /** Bytes other than line breaks that were passed over to find it. */
  readonly skippedBytes: number
}

/** Headers by name in lower case. */
export type HeaderMap = ReadonlyMap<string, string>

/**
 * The next block that begins with `prefix` at the start of a line, or `null` at the end of the file.
 *
 * warcio reads a block of any length into memory and loops on some that are cut short, so lines are taken one by one.
 */
export async function readHeaderBlock(reader: AsyncIterReader, prefix: string): Promise<HeaderBlock | null> {
  const lines: Uint8Array[] = []
  let blockBytes = 0
  let skippedBytes = 0
  for (;;) {
    const line = await reader.readlineRaw(maxHeaderBytes)
    if (line === null) {
      if (lines.length > 0) throw new FileFailure('truncated-file', 'ends within the headers of a record')
      if (skippedBytes > 0)
        throw new FileFailure('truncated-file', `ends with ${skippedBytes} bytes that are no record`)
      return null
    }
    if (lines.length === 0 && !startsWith(line, prefix)) {
      skippedBytes += isLineBreak(line) ? 0 : line.length
      continue
    }
    lines.push(line)
    blockBytes += line.length
    if (isLineBreak(line)) return { bytes: Buffer.concat(lines), skippedBytes }
    if (blockBytes > maxHeaderBytes) {
      throw new FileFailure('unreadable-file', `the headers of a record are longer than ${maxHeaderBytes} bytes`)
    }
  }
}

/** The headers of a block; of those that repeat, the last. */
export async function parseHeaders(block: Buffer): Promise<HeaderMap> {
  const parsed = await new StatusAndHeadersParser().parse(new AsyncIterReader([block], null), {
    headersClass: HeadersMultiMap,
  })
  return new Map([...(parsed?.headers ?? [])].map(([name, value]) => [name.toLowerCase(), value]))
}

function startsWith(line: Uint8Array, prefix: string): boolean {
  return Buffer.from(line.buffer, line.byteOffset, Math.min(prefix.length, line.length)).toString('latin1') === prefix
}

function isLineBreak(line: Uint8Array): boolean {
  return (line.length === 1 && line[0] === 0x0a) || (line.length === 2 && line[0] === 0x0d && line[1] === 0x0a)
}
