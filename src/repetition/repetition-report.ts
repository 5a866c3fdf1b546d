/** What does a repetition report say? */

/** Grams that occur `from` to `to` times; `to` is null for the last bucket. */
export interface CountBucket {
  readonly from: number
  readonly to: number | null
  /** Distinct grams, and their occurrences; estimates in a sample. */
  readonly distinct: number
  readonly occurrences: number
}

/** Documents with one value of the facet field. Spans and copies of the whole index are meant, not of the source alone. */
export interface SourceRepetition {
  /** Null for documents without a value, or where no field was named. */
  readonly source: string | null
  readonly documents: number
  readonly symbols: number
  readonly grams: number
  /** Grams that occur elsewhere too. */
  readonly repeatedGrams: number
  /** Symbols that repeated grams cover, and those that later copies than the first cover. */
  readonly repeatedSymbols: number
  readonly removableSymbols: number
  /** Documents whose text an earlier document has. */
  readonly duplicateDocuments: number
}

/** A place of a repeated string. */
export interface StringPlace {
  readonly document: number
  readonly externalId: string | null
  readonly startOffset: number
  readonly endOffset: number
}

/** A string that cannot be made longer, on either side, without losing occurrences. */
export interface MaximalString {
  /** Symbols. */
  readonly length: number
  readonly count: number
  /** Its beginning; null where nothing tells what tokens say. */
  readonly text: string | null
  readonly isCut: boolean
  readonly documents: { readonly count: number; readonly isExact: boolean }
  /** Occurrences by source, most first; only with a field. */
  readonly sources: readonly { readonly source: string | null; readonly occurrences: number }[]
  /** Some of its places. */
  readonly places: readonly StringPlace[]
}

/** Documents with one text. */
export interface DuplicateGroup {
  readonly symbols: number
  readonly count: number
  /** The first ones. */
  readonly documents: readonly { readonly document: number; readonly externalId: string | null }[]
}

export interface DuplicateDocuments {
  /** Texts that several documents have, and all of these documents. */
  readonly groups: number
  readonly documents: number
  /** Documents but for the first of each group, and their symbols. */
  readonly redundantDocuments: number
  readonly redundantSymbols: number
  /** Groups whose documents are of different sources, as of training and of validation; null without a field. */
  readonly crossingGroups: number | null
  /** By the symbols that the copies take. */
  readonly largest: readonly DuplicateGroup[]
}

/** How often a model sees grams that reads each source so many times. */
export interface EpochReport {
  /** By source, in the order of the report's sources. */
  readonly epochs: readonly number[]
  /** Exposures: occurrences times the epochs of their documents' sources. */
  readonly exposures: number
  /** Exposures a distinct gram. */
  readonly effectiveEpochs: number
  /** Shares of the exposures that are of grams seen ten times or more, and a hundred times or more: the danger band. */
  readonly shareFrom10: number
  readonly shareFrom100: number
}

/** What only a whole reading tells. */
export interface ExactFindings {
  readonly sources: readonly SourceRepetition[]
  readonly repeatedSymbols: number
  readonly removableSymbols: number
  readonly epochs: EpochReport
  /** How many maximal strings of a gram or more there are. */
  readonly maximalStrings: number
  readonly longest: readonly MaximalString[]
  readonly mostRepeated: readonly MaximalString[]
  readonly duplicates: DuplicateDocuments
}

/** Bounds between which the whole collection lies at 95 %. */
export interface SampleBounds {
  /** Grams drawn. */
  readonly sampled: number
  readonly seed: number
  readonly duplicateShare: readonly [number, number]
  readonly excessShare: readonly [number, number]
  /** Of the duplicate share of each source; null where no gram of it was drawn. */
  readonly sources: readonly {
    readonly source: string | null
    readonly sampled: number
    readonly duplicateShare: number | null
    readonly interval: readonly [number, number] | null
  }[]
}

/** The repeated strings of one length. Shares are of all grams, equal ones counted each. */
export interface RepetitionReport {
  readonly index: string
  readonly generation: string
  readonly symbols: 'bytes' | 'tokens'
  /** Symbols of a gram. */
  readonly length: number
  /** The facet field of the sources. */
  readonly field: string | null
  readonly documents: number
  readonly symbolCount: number
  readonly grams: number
  readonly distinctGrams: number
  /** Occurrences of the most frequent gram; in a sample of the most frequent one drawn. */
  readonly largestCount: number
  readonly histogram: readonly CountBucket[]
  /** Share of grams that occur more than once: Σ c·h(c) over c > 1 / Σ c·h(c). */
  readonly duplicateShare: number
  /** Share that would go if each distinct gram stood once: Σ (c − 1)·h(c) / Σ c·h(c). */
  readonly excessShare: number
  readonly isExact: boolean
  /** Null in a sample. */
  readonly exact: ExactFindings | null
  /** Null where everything was read. */
  readonly sample: SampleBounds | null
}
