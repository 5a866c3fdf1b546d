/**
 * Which documents of a shard hold all of some patterns, one of others and none of a third kind?
 *
 * The rarest positive term is listed first. Each other term is then listed too, or, where that would take more steps,
 * looked for in the text of the candidates that are left.
 */
import type { Shard } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { PackedRanges } from './shard-values.js'

/** One pattern, already found in the shard. */
export interface DocumentTerm {
  /** `lo, hi, length` triples. */
  readonly ranges: PackedRanges
  readonly count: number
  /** The bytes to look for in a text; null where alternatives match, which only the index knows. */
  readonly literal: Uint8Array | null
}

export interface DocumentTerms {
  readonly all: readonly DocumentTerm[]
  readonly any: readonly DocumentTerm[]
  readonly none: readonly DocumentTerm[]
  /** LF steps, or bytes of text, that may be spent. */
  readonly maxSteps: number
}

/** Documents that hold at least one of `terms` (`isWanted`), or none of them. */
interface Condition {
  readonly terms: readonly DocumentTerm[]
  readonly isWanted: boolean
}

/**
 * Ascending numbers of documents in the shard. When steps ran out, what is listed is right but not all.
 *
 * Throws `too-expensive` where a `none` term can neither be listed nor looked for within the steps.
 */
export function listMatchingDocuments(
  shard: Shard,
  { all, any, none, maxSteps }: DocumentTerms,
  ticket: number,
): { documents: Float64Array; isComplete: boolean } {
  const search = new DocumentSearch(shard, maxSteps, ticket)
  const wanted = [...all.map((term) => [term]), ...(any.length > 0 ? [any] : [])]
    .map((terms) => ({ terms, isWanted: true }))
    .sort((a, b) => countOf(a.terms) - countOf(b.terms))
  const [rarest, ...others] = wanted
  let candidates = search.list(rarest.terms)
  const unread: Condition[] = []
  for (const condition of [...others, ...none.map((term) => ({ terms: [term], isWanted: false }))]) {
    if (candidates.length === 0) break
    if (search.isReadingCheaper(condition, candidates.length)) unread.push(condition)
    else candidates = search.filterByList(condition, candidates)
  }
  if (unread.length > 0) candidates = search.filterByText(unread, candidates)
  return { documents: Float64Array.from(candidates), isComplete: search.isComplete }
}

/** The work on one shard and what is left of its steps. */
class DocumentSearch {
  readonly #shard: Shard
  readonly #ticket: number
  readonly #locateSteps: number
  readonly #rows: number
  readonly #meanBytes: number
  #stepsLeft: number
  isComplete = true

  constructor(shard: Shard, maxSteps: number, ticket: number) {
    const { saRate, rows, textBytes, documents } = shard.info()
    this.#shard = shard
    this.#ticket = ticket
    this.#locateSteps = saRate
    this.#rows = rows
    this.#meanBytes = documents === 0 ? 0 : textBytes / documents
    this.#stepsLeft = maxSteps
  }

  /** Documents that hold one of `terms`, ascending; a part of them when steps ran out. */
  list(terms: readonly DocumentTerm[]): number[] {
    const found = new Set<number>()
    for (const term of terms) {
      const list = this.#shard.listDocuments(term.ranges, this.#stepsLeft, this.#ticket)
      for (const document of list.documents) found.add(document)
      this.#stepsLeft = Math.max(0, this.#stepsLeft - this.#listSteps([term]))
      this.isComplete &&= list.isComplete
    }
    return [...found].sort((a, b) => a - b)
  }

  isReadingCheaper({ terms }: Condition, candidates: number): boolean {
    return terms.every((term) => term.literal) && candidates * this.#meanBytes < this.#listSteps(terms)
  }

  filterByList({ terms, isWanted }: Condition, candidates: readonly number[]): number[] {
    const wasComplete = this.isComplete
    this.isComplete = true
    const listed = new Set(this.list(terms))
    if (!isWanted && !this.isComplete) {
      throw new OmnigramError('too-expensive', 'A pattern of `none` occurs too often to list its documents.')
    }
    this.isComplete &&= wasComplete
    return candidates.filter((document) => listed.has(document) === isWanted)
  }

  filterByText(conditions: readonly Condition[], candidates: readonly number[]): number[] {
    return candidates.filter((document) => {
      const { bytes } = this.#shard.document(document)
      if (bytes > this.#stepsLeft) {
        this.isComplete = false
        return false
      }
      this.#stepsLeft -= bytes
      const text = this.#shard.extract(document, 0, bytes, this.#ticket)
      return conditions.every(
        ({ terms, isWanted }) =>
          terms.some(({ literal }) => literal !== null && text.indexOf(literal) >= 0) === isWanted,
      )
    })
  }

  /** Steps to list the documents: by locating each occurrence, or by one sweep over the shard. */
  #listSteps(terms: readonly DocumentTerm[]): number {
    return terms.reduce((steps, { count }) => steps + Math.min(count * this.#locateSteps, this.#rows), 0)
  }
}

function countOf(terms: readonly DocumentTerm[]): number {
  return terms.reduce((count, term) => count + term.count, 0)
}
