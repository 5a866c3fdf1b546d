/** Has an index changed? A word that is equal for equal states, across restarts and machines. */
import { createHash } from 'node:crypto'
import type { IndexReader } from '../query/index-reader.js'

const known = new WeakMap<IndexReader, string>()

/** Generations are numbered anew when an index is built again, so the checksums of the shards count too. */
export function fingerprintReader(reader: IndexReader): string {
  const found = known.get(reader)
  if (found !== undefined) return found
  const state = [
    reader.parts.map(({ name, generation }) => [name, generation]),
    reader.manifest.shards.map(({ checksum, documents, textBytes, hidden }) =>
      hidden ? [checksum, documents, textBytes, hidden.checksum] : [checksum, documents, textBytes],
    ),
  ]
  const fingerprint = createHash('sha256').update(JSON.stringify(state)).digest('base64url')
  known.set(reader, fingerprint)
  return fingerprint
}
