/** Which ids do the bytes of an array hold? */
import { Buffer } from 'node:buffer'
import type { IdType } from './npy-header.js'

const widths: Readonly<Record<IdType, number>> = { u16: 2, u32: 4, i32: 4, u64: 8, i64: 8 }

/** Stands for numbers that no id can be: negative ones, and those past 32 bits. */
export const noId = 0xff_ff_ff_ff

/** Decodes little-endian numbers from chunks that may cut them anywhere. */
export class IdDecoder {
  readonly #type: IdType
  readonly #width: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(type: IdType) {
    this.#type = type
    this.#width = widths[type]
  }

  /** Bytes of a number that is not complete. */
  get restBytes(): number {
    return this.#rest.length
  }

  /** The numbers that end in `chunk`; what can be no id is the largest of 32 bits. O(n). */
  push(chunk: Buffer): Uint32Array {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const count = Math.floor(bytes.length / this.#width)
    this.#rest = bytes.subarray(count * this.#width)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const ids = new Uint32Array(count)
    for (let at = 0; at < count; at++) ids[at] = this.#read(view, at * this.#width)
    return ids
  }

  #read(view: DataView, offset: number): number {
    if (this.#type === 'u16') return view.getUint16(offset, true)
    if (this.#type === 'i32') return Math.max(view.getInt32(offset, true), -1) >>> 0
    const low = view.getUint32(offset, true)
    return this.#width === 8 && view.getUint32(offset + 4, true) !== 0 ? noId : low
  }
}
