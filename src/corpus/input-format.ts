/** How is a file to be read: which records, and under which compression? */
import { OmnigramError } from '../core/errors.js'

export type RecordFormat = 'jsonl' | 'parquet' | 'warc' | 'text' | 'npy' | 'bin'
export type Compression = 'none' | 'gzip' | 'zstd'

export interface InputFormat {
  readonly records: RecordFormat
  readonly compression: Compression
}

/** `.json` is read as JSON lines, as infini-gram does. */
const recordExtensions: ReadonlyMap<string, RecordFormat> = new Map([
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['json', 'jsonl'],
  ['parquet', 'parquet'],
  ['warc', 'warc'],
  ['wet', 'warc'],
  ['text', 'text'],
  ['txt', 'text'],
])

/** What holds token ids. Elsewhere an array of numbers is a file like any other. */
const idsExtensions: ReadonlyMap<string, RecordFormat> = new Map([
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['json', 'jsonl'],
  ['npy', 'npy'],
  ['bin', 'bin'],
])

const compressionExtensions: ReadonlyMap<string, Compression> = new Map([
  ['gz', 'gzip'],
  ['zst', 'zstd'],
])

/** Containers that hold text we cannot get at; everything else is tried as plain text. */
const closedExtensions = new Set([
  '7z',
  'arrow',
  'avro',
  'br',
  'bz2',
  'feather',
  'lz4',
  'lzma',
  'orc',
  'rar',
  'tar',
  'tgz',
  'tzst',
  'xz',
  'zip',
])

/**
 * The format that a file's name says; plain text when it says nothing, `null` when there is no reader for it.
 * `override` replaces the records' format; the compression still follows the name unless the override names one. Token
 * ids (`holdsIds`) are read of JSON lines and arrays alone.
 */
export function formatOfPath(path: string, override: InputFormat | null, holdsIds = false): InputFormat | null {
  const extensions = extensionsOf(path)
  const compression = compressionExtensions.get(extensions.at(-1) ?? '') ?? 'none'
  if (override)
    return checkReadable({
      ...override,
      compression: override.compression === 'none' ? compression : override.compression,
    })
  const extension = extensions.at(compression === 'none' ? -1 : -2) ?? ''
  if (holdsIds) {
    const records = idsExtensions.get(extension)
    return records === undefined ? null : { records, compression }
  }
  if (closedExtensions.has(extension)) return null
  return checkReadable({ records: recordExtensions.get(extension) ?? 'text', compression })
}

/**
 * Reads the name of a format, such as `jsonl` or `wet.gz`; with `holdsIds` one of those that hold token ids.
 *
 * Throws `bad-argument` that lists the names.
 */
export function parseFormat(name: string, holdsIds = false): InputFormat {
  const extensions = holdsIds ? idsExtensions : recordExtensions
  const [recordName, compressionName, ...rest] = name.toLowerCase().split('.')
  const records = extensions.get(recordName)
  const compression = compressionName === undefined ? 'none' : compressionExtensions.get(compressionName)
  const format = records && compression && rest.length === 0 ? checkReadable({ records, compression }) : null
  if (format) return format
  const names = [...extensions.keys()].join(', ')
  const exception = holdsIds ? 'all' : 'all but parquet'
  throw new OmnigramError(
    'bad-argument',
    `There is no format ${JSON.stringify(name)}${holdsIds ? ' of token ids' : ''}: take one of ${names}; ${exception} also with .gz or .zst.`,
  )
}

/** Parquet compresses inside and is read by ranges, which a compressed file does not allow. */
function checkReadable(format: InputFormat): InputFormat | null {
  return format.records === 'parquet' && format.compression !== 'none' ? null : format
}

function extensionsOf(path: string): string[] {
  const base = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  return base.replace(/^\.+/, '').split('.').slice(1)
}
