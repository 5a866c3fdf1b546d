/** In which format did the client write, and in which does it want to read? */
import type { Request } from 'express'
import { OmnigramError } from '../../core/errors.js'

/** `ndjson` and `csv` are formats of exports: a line a row. `events`: the answer anew whenever it changes. */
export const mediaTypes = {
  json: 'application/json',
  msgpack: 'application/vnd.msgpack',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  events: 'text/event-stream',
} as const

export type Format = keyof typeof mediaTypes

/** Names that clients use for a format besides ours. */
const aliases: Readonly<Record<string, Format>> = {
  'application/msgpack': 'msgpack',
  'application/x-msgpack': 'msgpack',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/json': 'json',
}

const formatsByType: ReadonlyMap<string, Format> = new Map([
  ...Object.entries(mediaTypes).map(([format, type]) => [type, format as Format] as const),
  ...Object.entries(aliases),
])

/** The format that the client likes best among those that the route has. Throws `not-acceptable`. */
export function chooseFormat(request: Request, formats: readonly Format[]): Format {
  const accepted = request.headers.accept
  if (accepted === undefined || accepted === '*/*' || accepted === mediaTypes.json) return 'json'
  const offered = [...formatsByType].filter(([, format]) => formats.includes(format)).map(([type]) => type)
  const chosen = request.accepts(offered)
  const format = typeof chosen === 'string' ? formatsByType.get(chosen) : undefined
  if (!format) {
    throw new OmnigramError('not-acceptable', `It accepts ${accepted}; here there is ${offered.join(', ')}.`)
  }
  return format
}

/** The format of the body by its Content-Type. Throws `unsupported-media-type`. */
export function readBodyFormat(request: Request): 'json' | 'msgpack' {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers
  if (type === mediaTypes.json && encoding === undefined) return 'json'
  if (encoding !== undefined && encoding !== 'identity') {
    throw new OmnigramError('unsupported-media-type', `The body is encoded as ${encoding}; send it as it is.`)
  }
  if (type === undefined) throw new OmnigramError('unsupported-media-type', 'The request has no Content-Type.')
  const [essence, ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new OmnigramError('unsupported-media-type', `The charset is ${charset}; only UTF-8 is spoken here.`)
  }
  const format = formatsByType.get(essence)
  if (format !== 'json' && format !== 'msgpack') {
    throw new OmnigramError('unsupported-media-type', `The Content-Type is ${type}.`)
  }
  return format
}
