/** What would the manifest of an index say that is a single shard? */
import type { ShardInfo } from '#native'
import type { Manifest } from '../core/manifest.js'
import { tokenBytes } from './token-bytes.js'

/** The options are those that the shard tells of. */
export function describeLoneShard(info: ShardInfo): Manifest {
  const {
    checksum,
    fileBytes: bytes,
    documents,
    symbols,
    symbolCount,
    saRate,
    isaRate,
    profile,
    hasTextStore,
    facetFields,
  } = info
  const isTokens = symbols === 'tokens'
  const textBytes = isTokens ? 0 : info.textBytes
  const counts = { documents, textBytes, ...(isTokens && { symbolCount }) }
  return {
    format: 'omnigram-index',
    version: 1,
    symbols,
    options: {
      shardBytes: isTokens ? symbolCount * tokenBytes : textBytes,
      saRate,
      isaRate,
      profile: profile as Manifest['options']['profile'],
      textStore: hasTextStore,
      textField: 'text',
      idField: null,
      metaFields: null,
      facetFields,
      invalidUtf8: 'replace',
      ...(isTokens && { tokens: { idsField: null, vocabulary: info.vocabulary, tokenizer: null } }),
    },
    statistics: { ...counts, replacedCharacters: 0, skipped: {} },
    shards: [{ name: `${checksum}.fm`, checksum, bytes, ...counts }],
  }
}
