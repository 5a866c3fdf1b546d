/** What can be said of several indexes as if they were one? */
import { OmnigramError } from '../core/errors.js'
import type { Manifest } from '../core/manifest.js'
import { sumUp } from './sum-up.js'

/**
 * Sums the statistics and joins the shards. Options are those of the first; facet fields are those that all have.
 *
 * Throws `bad-argument` when one indexes bytes and another tokens, or tokens of another tokenizer.
 */
export function combineManifests(manifests: readonly Manifest[]): Manifest {
  const [first, ...others] = manifests
  if (others.some(({ symbols }) => symbols !== first.symbols)) {
    throw new OmnigramError('bad-argument', 'An index of bytes and one of tokens cannot be read together.')
  }
  const kind = ({ options: { tokens } }: Manifest) => JSON.stringify(tokens?.tokenizer?.sha256 ?? null)
  if (others.some((other) => kind(other) !== kind(first))) {
    throw new OmnigramError('bad-argument', 'Indexes of tokens of different tokenizers cannot be read together.')
  }
  const skipped: Record<string, number> = {}
  for (const [kind, count] of manifests.flatMap(({ statistics }) => Object.entries(statistics.skipped))) {
    skipped[kind] = (skipped[kind] ?? 0) + count
  }
  return {
    ...first,
    options: {
      ...first.options,
      facetFields: first.options.facetFields.filter((field) =>
        others.every(({ options }) => options.facetFields.includes(field)),
      ),
    },
    statistics: {
      documents: sumUp(manifests, ({ statistics }) => statistics.documents),
      textBytes: sumUp(manifests, ({ statistics }) => statistics.textBytes),
      ...(first.symbols === 'tokens' && {
        symbolCount: sumUp(manifests, ({ statistics }) => statistics.symbolCount ?? 0),
        lossyDocuments: sumUp(manifests, ({ statistics }) => statistics.lossyDocuments ?? 0),
      }),
      replacedCharacters: sumUp(manifests, ({ statistics }) => statistics.replacedCharacters),
      skipped,
    },
    shards: manifests.flatMap(({ shards }) => shards),
  }
}
