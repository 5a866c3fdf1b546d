/** Which numbers does a NumPy file hold, and in which rows? */
import type { Buffer } from 'node:buffer'
import { FileFailure } from './read-report.js'

export type IdType = 'u16' | 'u32' | 'i32' | 'u64' | 'i64'

export interface NpyHeader {
  /** Bytes before the numbers. */
  readonly lengthBytes: number
  readonly type: IdType
  /** Rows, and numbers of each; of an array of one dimension one row. */
  readonly rows: number
  readonly columns: number
  readonly dimensions: 1 | 2
}

const magic = '\x93NUMPY'

/** Longest header that is read: those of arrays of numbers have some 128 bytes. */
export const maxHeaderBytes = 65_536 + 12

const types: Readonly<Record<string, IdType>> = { '<u2': 'u16', '<u4': 'u32', '<i4': 'i32', '<u8': 'u64', '<i8': 'i64' }

/** Bytes of the whole header as far as `head` tells; more are needed when it is longer than `head`. Throws {@link FileFailure}. */
export function measureHeader(head: Buffer): number {
  if (head.length >= magic.length && head.toString('latin1', 0, magic.length) !== magic) {
    throw new FileFailure('wrong-type', 'is not a .npy file: it does not begin with \\x93NUMPY')
  }
  if (head.length < 12) return 12
  const [major, minor] = [head[6], head[7]]
  if (major < 1 || major > 3 || minor !== 0) {
    throw new FileFailure('unknown-format', `is a .npy file of version ${major}.${minor}; 1.0 to 3.0 are read`)
  }
  const lengthBytes = major === 1 ? 10 + head.readUInt16LE(8) : 12 + head.readUInt32LE(8)
  if (lengthBytes > maxHeaderBytes) {
    throw new FileFailure('wrong-type', `has a header of ${lengthBytes} bytes, more than ${maxHeaderBytes}`)
  }
  return lengthBytes
}

/** Reads a whole header. Throws {@link FileFailure} for what is no array of one or two dimensions of whole numbers, row by row. */
export function readHeader(head: Buffer): NpyHeader {
  const lengthBytes = measureHeader(head)
  const text = head.toString('latin1', head[6] === 1 ? 10 : 12, lengthBytes)
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1]
  if (descr === undefined || order === undefined || shape === undefined) {
    throw new FileFailure('wrong-type', 'has a .npy header without descr, fortran_order or shape')
  }
  const type = Object.hasOwn(types, descr) ? types[descr] : undefined
  if (type === undefined) {
    const known = Object.keys(types).join(', ')
    throw new FileFailure(
      'wrong-type',
      `holds numbers of type ${JSON.stringify(descr)}; token ids are read of ${known}`,
    )
  }
  const sizes = (shape.match(/\d+/g) ?? []).map(Number)
  if (sizes.length < 1 || sizes.length > 2 || !sizes.every(Number.isSafeInteger)) {
    throw new FileFailure('wrong-type', `has the shape (${shape}); token ids are read of one or two dimensions`)
  }
  if (order === 'True' && sizes.length === 2) {
    throw new FileFailure('wrong-type', 'is laid out column by column: save it in C order (numpy.ascontiguousarray)')
  }
  const [rows, columns] = sizes.length === 1 ? [1, sizes[0]] : [sizes[0], sizes[1]]
  return { lengthBytes, type, rows, columns, dimensions: sizes.length === 1 ? 1 : 2 }
}
