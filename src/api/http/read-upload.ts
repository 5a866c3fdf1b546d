/** Which file did the client upload? */
import type { Request } from 'express'
import { OmnigramError } from '../../core/errors.js'
import type { Upload } from '../route.js'
import { readBody } from './read-body.js'

/** The body as it is. Throws `unsupported-media-type`, `too-large`, and `bad-argument` where nothing came. */
export async function readUpload(request: Request, { maxBytes, mediaTypes }: Upload): Promise<Buffer> {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers
  if (encoding !== undefined && encoding !== 'identity') {
    throw new OmnigramError('unsupported-media-type', `The file is encoded as ${encoding}; send it as it is.`)
  }
  const essence = type?.split(';')[0].trim().toLowerCase()
  if (essence === undefined || !mediaTypes.includes(essence)) {
    throw new OmnigramError(
      'unsupported-media-type',
      `The Content-Type is ${type}; here it is ${mediaTypes.join(', ')}.`,
    )
  }
  const file = await readBody(request, maxBytes)
  if (file.length === 0) throw new OmnigramError('bad-argument', 'The body is empty where a file is needed.')
  return file
}
