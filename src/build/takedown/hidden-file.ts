/** Is a list of hidden documents what the manifest says it is? */
import { readHiddenDocuments } from '#native'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import type { HiddenEntry } from '../../core/manifest.js'

/** Compares all bytes of the file with its checksums. O(file). Throws `damaged-index` naming the path. */
export function checkHiddenFile(path: string, entry: HiddenEntry): void {
  let documents: number
  try {
    documents = readHiddenDocuments(path).length
  } catch (thrown) {
    const { detail } = toOmnigramError(thrown)
    throw new OmnigramError('damaged-index', detail.includes(path) ? detail : `${path}: ${detail}`, { cause: thrown })
  }
  if (documents === entry.documents) return
  throw new OmnigramError('damaged-index', `${path}: it hides ${documents} documents, the manifest ${entry.documents}.`)
}
