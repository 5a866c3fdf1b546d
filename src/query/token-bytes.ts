/** How do token ids travel to the native core and back? As four bytes each, the lowest first. */

/** Bytes of one id. */
export const tokenBytes = 4

/** In a buffer of their own. O(ids). */
export function packTokens(ids: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(ids.length * tokenBytes)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < ids.length; at++) view.setUint32(at * tokenBytes, ids[at], true)
  return bytes
}

/** In an array of their own. O(ids). */
export function unpackTokens(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ids = new Uint32Array(Math.floor(bytes.byteLength / tokenBytes))
  for (let at = 0; at < ids.length; at++) ids[at] = view.getUint32(at * tokenBytes, true)
  return ids
}
