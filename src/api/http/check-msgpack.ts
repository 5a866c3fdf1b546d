/** May a MessagePack body be decoded? The shape is checked without recursion and without allocating what it claims. */
import { isUtf8 } from 'node:buffer'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'

interface Container {
  /** Values still to come; a map counts its keys and its values. */
  left: number
  /** Keys seen, for a map. */
  readonly keys: Set<string> | null
}

/**
 * Accepts exactly one value made of nil, booleans, numbers, strings, binary, arrays and maps with string keys.
 *
 * Throws `bad-argument` naming the offset: extensions, lengths past the end, strings that are not UTF-8, keys that are
 * not strings or stand twice, more than `limits.bodyDepth` levels or `limits.bodyValues` values, bytes after the end.
 */
export function checkMsgpack(body: Buffer): void {
  const open: Container[] = []
  let offset = 0
  let values = 0
  do {
    const parent = open.at(-1)
    values += 1
    if (values > limits.bodyValues) refuse(offset, `more than ${limits.bodyValues} values`)
    const item = readItem(body, offset)
    if (parent?.keys && parent.left % 2 === 0) addKey(parent.keys, body, offset, item)
    if (parent) parent.left -= 1
    offset = item.endOffset
    if (item.count !== null) {
      open.push({ left: item.isMap ? item.count * 2 : item.count, keys: item.isMap ? new Set() : null })
      if (open.length > limits.bodyDepth) refuse(offset, `nested deeper than ${limits.bodyDepth}`)
    }
    while (open.at(-1)?.left === 0) open.pop()
  } while (open.length > 0)
  if (offset < body.length) refuse(offset, 'bytes after the end of the value')
}

interface Item {
  readonly endOffset: number
  /** Entries of an array or a map. */
  readonly count: number | null
  readonly isMap: boolean
  /** Where the characters of a string begin. */
  readonly textOffset: number | null
}

function addKey(keys: Set<string>, body: Buffer, offset: number, item: Item): void {
  const { textOffset } = item
  const key =
    textOffset === null
      ? refuse(offset, 'a key that is not a string')
      : body.toString('utf8', textOffset, item.endOffset)
  if (keys.has(key)) refuse(offset, `the key ${JSON.stringify(key)} twice in one map`)
  keys.add(key)
}

function readItem(body: Buffer, offset: number): Item {
  if (offset >= body.length) refuse(offset, 'the end, in the middle of a value')
  const tag = body[offset]
  if (tag <= 0x7f || tag >= 0xe0) return scalar(body, offset, 0)
  if (tag <= 0x8f) return container(body, offset + 1, tag & 0x0f, true)
  if (tag <= 0x9f) return container(body, offset + 1, tag & 0x0f, false)
  if (tag <= 0xbf) return text(body, offset + 1, tag & 0x1f)
  return readTagged(body, offset, tag)
}

function readTagged(body: Buffer, offset: number, tag: number): Item {
  switch (tag) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return scalar(body, offset, 0)
    case 0xc4:
      return scalar(body, offset, 1 + readLength(body, offset + 1, 1))
    case 0xc5:
      return scalar(body, offset, 2 + readLength(body, offset + 1, 2))
    case 0xc6:
      return scalar(body, offset, 4 + readLength(body, offset + 1, 4))
    case 0xca:
    case 0xce:
    case 0xd2:
      return scalar(body, offset, 4)
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return scalar(body, offset, 8)
    case 0xcc:
    case 0xd0:
      return scalar(body, offset, 1)
    case 0xcd:
    case 0xd1:
      return scalar(body, offset, 2)
    case 0xd9:
      return text(body, offset + 2, readLength(body, offset + 1, 1))
    case 0xda:
      return text(body, offset + 3, readLength(body, offset + 1, 2))
    case 0xdb:
      return text(body, offset + 5, readLength(body, offset + 1, 4))
    case 0xdc:
      return container(body, offset + 3, readLength(body, offset + 1, 2), false)
    case 0xdd:
      return container(body, offset + 5, readLength(body, offset + 1, 4), false)
    case 0xde:
      return container(body, offset + 3, readLength(body, offset + 1, 2), true)
    case 0xdf:
      return container(body, offset + 5, readLength(body, offset + 1, 4), true)
    default:
      return refuse(offset, `an extension (tag 0x${tag.toString(16)})`)
  }
}

function scalar(body: Buffer, offset: number, bytes: number): Item {
  return { endOffset: advance(body, offset + 1, bytes), count: null, isMap: false, textOffset: null }
}

function text(body: Buffer, offset: number, bytes: number): Item {
  const endOffset = advance(body, offset, bytes)
  if (!isUtf8(body.subarray(offset, endOffset))) refuse(offset, 'a string that is not UTF-8')
  return { endOffset, count: null, isMap: false, textOffset: offset }
}

/** Each entry takes a byte at least, so a count past the rest of the body is a lie. */
function container(body: Buffer, offset: number, count: number, isMap: boolean): Item {
  advance(body, offset, count)
  return { endOffset: offset, count, isMap, textOffset: null }
}

function readLength(body: Buffer, offset: number, bytes: number): number {
  advance(body, offset, bytes)
  return body.readUIntBE(offset, bytes)
}

function advance(body: Buffer, offset: number, bytes: number): number {
  if (offset + bytes > body.length) refuse(offset, `${bytes} bytes announced where ${body.length - offset} are left`)
  return offset + bytes
}

function refuse(offset: number, found: string): never {
  throw new OmnigramError('bad-argument', `The MessagePack body holds ${found}, at offset ${offset}.`)
}
