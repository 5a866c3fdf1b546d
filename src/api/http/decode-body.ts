/** What did the client ask for in its body, whichever format it wrote? */

import type { Request } from 'express'
import { Unpackr } from 'msgpackr'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { checkMsgpack } from './check-msgpack.js'
import { decodeJson } from './decode-json.js'
import { readBodyFormat } from './media-type.js'
import { readBody } from './read-body.js'

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' })

/** The value of the body. Throws `too-large`, `unsupported-media-type` and `bad-argument`. */
export async function decodeBody(request: Request): Promise<unknown> {
  const format = readBodyFormat(request)
  const body = await readBody(request, limits.bodyBytes)
  return format === 'json' ? decodeJson(body) : decodeMsgpack(body)
}

function decodeMsgpack(body: Buffer): unknown {
  if (body.length === 0) throw new OmnigramError('bad-argument', 'The body is empty where a map is needed.')
  checkMsgpack(body)
  return unpackr.unpack(body)
}
