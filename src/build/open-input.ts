/** What does a build read? */
import { limits } from '../core/limits.js'
import { type Corpus, openCorpus } from '../corpus/corpus.js'
import type { BuildOptions } from './build-options.js'
import type { TokenInput } from './token-input.js'

/** The documents behind the inputs, as the options say. Throws as `openCorpus`. */
export function openInput(options: BuildOptions, tokens: TokenInput | null): Promise<Corpus> {
  const { format, textField, idField, metaFields, facetFields, invalidUtf8, isStrict, shardBytes } = options
  return openCorpus(options.inputs, {
    format,
    textField,
    ids: tokens?.ids ?? null,
    idField,
    metaFields,
    facetFields,
    invalidUtf8,
    strict: isStrict,
    maxTextBytes: Math.min(shardBytes, limits.documentBytes),
    signal: options.signal ?? null,
  })
}
