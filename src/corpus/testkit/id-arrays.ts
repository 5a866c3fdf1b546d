/** What does a file of token ids look like, byte for byte? */

export function packIds(type: 'u16' | 'u32', ids: readonly number[]): Buffer {
  const array = type === 'u16' ? Uint16Array.from(ids) : Uint32Array.from(ids)
  return Buffer.from(array.buffer)
}

/** A NumPy file of version 1.0, as `numpy.save` writes it; `descr` may be one that cannot be read. */
export function makeNpy(descr: string, shape: readonly number[], ids: readonly number[], isFortran = false): Buffer {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const order = isFortran ? 'True' : 'False'
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${dimensions}), }`
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`
  const head = Buffer.from(`\x93NUMPY\x01\x00..${padded}`, 'latin1')
  head.writeUInt16LE(padded.length, 8)
  const width = Number(descr.at(-1))
  const body = Buffer.alloc(ids.length * width)
  for (const [at, id] of ids.entries()) {
    body.writeInt16LE((id << 16) >> 16, at * width)
    if (width >= 4) body.writeInt16LE(id >> 16, at * width + 2)
    if (width === 8) body.writeInt32LE(id < 0 ? -1 : 0, at * width + 4)
  }
  return Buffer.concat([head, body])
}
