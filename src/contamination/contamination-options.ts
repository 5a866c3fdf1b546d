/** Which choices decide a contamination report, and how far is the work? */

import { paperThresholds, type Thresholds } from './item-class.js'
import type { ViewName } from './views.js'

/** Decides what a match means; a language model behind a small interface. */
export interface CategoryJudge {
  /** Name of the model, for the report. */
  readonly name: string
  /** 1 question and answer, 2 question and answer in other words, 3 question alone, 4 false positive. */
  judge(question: string, answer: string | null, passage: string, signal?: AbortSignal): Promise<1 | 2 | 3 | 4>
}

export interface ContaminationOptions extends Thresholds {
  /** The first one gives the numbers of the table. */
  readonly views: readonly ViewName[]
  /** Items checked of a benchmark at most; null for all. */
  readonly sampleItems: number | null
  readonly seed: number
  /** Also look for short items as a whole, and show both rates. */
  readonly testsShort: boolean
  /**
   * Search halves of windows first, which spares most windows their search; not where each search is agreed on
   * beforehand. Default: yes.
   */
  readonly searchesFragments?: boolean
  /** Look for the longest match of every item. */
  readonly findsLongestMatch: boolean
  /** Find documents, answers and passages of suspicious and dirty items. */
  readonly findsEvidence: boolean
  /** Put the items' texts into the report. */
  readonly keepsText: boolean
  /** Passages shown of a rarest window. */
  readonly passages: number
  /** Decides the categories of dirty items; absent: a rule. */
  readonly judge?: CategoryJudge
  /** ISO 8601; given, not taken from the clock, so that a report can be repeated byte by byte. */
  readonly date: string
  /** Of omnigram. */
  readonly programVersion: string
  /** Dates of corpora by name of the index. */
  readonly corpusDates: Readonly<Record<string, string>>
  readonly table: 'core' | 'community'
  /** Ends the work with `cancelled`. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ContaminationProgress) => void
}

/** All but what every caller must say. */
export const defaultOptions = {
  ...paperThresholds,
  views: ['exact'],
  sampleItems: 1_000,
  seed: 1,
  testsShort: false,
  findsLongestMatch: true,
  findsEvidence: true,
  keepsText: true,
  passages: 3,
  corpusDates: {},
  table: 'core',
} as const satisfies Partial<ContaminationOptions>

export interface ContaminationProgress {
  readonly phase: 'count' | 'evidence'
  readonly benchmark: string
  readonly index: string
  /** Items of all benchmarks on all indexes whose windows were counted. */
  readonly itemsDone: number
  readonly items: number
  /** Share of the whole work, 0..1. */
  readonly share: number
  readonly itemsPerSecond: number
  readonly etaMs: number | null
}
