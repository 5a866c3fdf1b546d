/** What text did a web server send, as a WARC record keeps it? */
import { Buffer } from 'node:buffer'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { AsyncIterReader } from 'warcio'
import type { RepairedText } from './repair-utf8.js'
import { countReplacements, repairUtf8 } from './repair-utf8.js'
import type { RecordDefect } from './select-fields.js'
import type { HeaderMap } from './warc-headers.js'
import { parseHeaders } from './warc-headers.js'

const textTypes = new Set(['text/html', 'application/xhtml+xml', 'text/plain'])

/**
 * The text of a response or resource record, unpacked and in UTF-8 but otherwise as it was sent. A named charset is
 * honoured; without one the text is taken as UTF-8.
 */
export async function decodeContent(
  payload: Buffer,
  warcHeaders: HeaderMap,
  maxTextBytes: number,
): Promise<RepairedText | RecordDefect> {
  const recordType = warcHeaders.get('content-type') ?? ''
  const isHttp = /^application\/http\b/i.test(recordType)
  const bodyOffset = isHttp ? findBody(payload) : 0
  if (bodyOffset < 0) return { kind: 'malformed-line', detail: 'the headers of the response have no end' }
  const headers = isHttp ? await parseHeaders(payload.subarray(0, bodyOffset)) : warcHeaders
  const contentType = headers.get('content-type') ?? ''
  const mediaType = contentType.split(';', 1)[0].trim().toLowerCase()
  if (!textTypes.has(mediaType)) {
    return { kind: 'unsupported-record', detail: `the record holds ${mediaType || 'no named type'}, not text` }
  }
  const body = await unpack(payload.subarray(bodyOffset), headers, maxTextBytes)
  return 'kind' in body ? body : transcode(body, contentType)
}

function findBody(payload: Buffer): number {
  const crlfOffset = payload.indexOf('\r\n\r\n')
  const lfOffset = payload.indexOf('\n\n')
  if (crlfOffset >= 0 && (lfOffset < 0 || crlfOffset < lfOffset)) return crlfOffset + 4
  return lfOffset < 0 ? -1 : lfOffset + 2
}

/** Crawlers often keep the headers of an encoding that they have undone; then the body is taken as it is. */
async function unpack(body: Buffer, headers: HeaderMap, maxTextBytes: number): Promise<Buffer | RecordDefect> {
  const isChunked = headers.get('transfer-encoding')?.toLowerCase() === 'chunked'
  const joined = isChunked ? Buffer.from(await new AsyncIterReader([body], null, true).readFully()) : body
  const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity'
  const bound = { maxOutputLength: maxTextBytes }
  try {
    switch (encoding) {
      case 'identity':
        return joined
      case 'gzip':
      case 'x-gzip':
        return isGzip(joined) ? gunzipSync(joined, bound) : joined
      case 'deflate':
        return inflateSync(joined, bound)
      case 'br':
        return brotliDecompressSync(joined, bound)
      default:
        return { kind: 'unsupported-record', detail: `the record has the content encoding ${JSON.stringify(encoding)}` }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return { kind: 'too-long', detail: `the text has more bytes than the ${maxTextBytes} of a document` }
    }
    const reason = error instanceof Error ? error.message : String(error)
    return { kind: 'malformed-line', detail: `damaged ${encoding} content: ${reason}` }
  }
}

function transcode(body: Buffer, contentType: string): RepairedText | RecordDefect {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1].toLowerCase() ?? 'utf-8'
  if (charset === 'utf-8' || charset === 'utf8') return repairUtf8(body)
  try {
    const bytes = Buffer.from(new TextDecoder(charset, { ignoreBOM: true }).decode(body))
    return { bytes, replacedCount: countReplacements(bytes) }
  } catch {
    return { kind: 'unsupported-record', detail: `the record has the charset ${JSON.stringify(charset)}` }
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
