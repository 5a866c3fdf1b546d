/** How are several indexes read as one where there is Node? In a page there is no hash that does not have to be waited for. */
import { joinReaders } from './combined-reader.js'
import type { IndexReader } from './index-reader.js'
import { hashManifest } from './read-manifest.js'

/** As {@link joinReaders}. */
export function combineReaders(readers: readonly IndexReader[]): IndexReader {
  return joinReaders(readers, hashManifest)
}
