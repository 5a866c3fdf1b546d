/**
 * Which documents of a shard hold all of some patterns, one of others and none of a third kind?
 *
 * The rarest positive term is listed first. Each other term is then listed too, or, where that would take more steps,
 * looked for in the text of the candidates that are left.
 */
import type { Shard } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { PackedRanges } from './shard-values.js'
import { includesBytes } from './text-bytes.js'

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

/** Text of a candidate read at first; each further piece is twice as long. */
const firstPieceBytes = 4_096

/** What looking up a document takes, however short it is, in steps. */
const lookUpSteps = 500

/** Candidates whose lengths are looked up to predict the work. */
const countedDocuments = 256

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
    if (search.isReadingCheaper(condition, candidates)) unread.push(condition)
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
    // The next sample is half a rate away on average.
    this.#locateSteps = saRate / 2
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

  isReadingCheaper({ terms }: Condition, candidates: readonly number[]): boolean {
    const listSteps = this.#listSteps(terms)
    const lookUps = candidates.length * lookUpSteps
    // Texts are only measured where they may make the difference.
    if (lookUps >= listSteps || terms.some((term) => !term.literal)) return false
    return lookUps + this.#textBytes(candidates) < listSteps
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
    return candidates.filter((document) => this.#satisfies(document, conditions))
  }

  /** Reads no further than it must: a condition is decided by its first match. */
  #satisfies(document: number, conditions: readonly Condition[]): boolean {
    const { bytes } = this.#shard.document(document)
    // What is read again, so that no match is cut in two.
    const overlapBytes = Math.max(1, ...conditions.flatMap(({ terms }) => terms.map(literalBytes))) - 1
    let open = [...conditions]
    let [start, end, pieceBytes] = [0, 0, Math.max(firstPieceBytes, overlapBytes * 2)]
    this.#stepsLeft = Math.max(0, this.#stepsLeft - lookUpSteps)
    do {
      end = Math.min(bytes, start + pieceBytes)
      if (end - start > this.#stepsLeft) {
        this.isComplete = false
        return false
      }
      this.#stepsLeft -= end - start
      const text = this.#shard.extract(document, start, end, this.#ticket)
      const met = open.filter(({ terms }) => terms.some((term) => holds(text, term)))
      if (met.some(({ isWanted }) => !isWanted)) return false
      open = open.filter((condition) => !met.includes(condition))
      start = end - overlapBytes
      pieceBytes *= 2
    } while (end < bytes && open.length > 0)
    return open.every(({ isWanted }) => !isWanted)
  }

  /** Bytes of text: summed up where that is soon done, otherwise by the mean. */
  #textBytes(documents: readonly number[]): number {
    if (documents.length > countedDocuments) return documents.length * this.#meanBytes
    return documents.reduce((sum, document) => sum + this.#shard.document(document).bytes, 0)
  }

  /** Steps to list the documents: by locating each occurrence, or by one sweep over the shard. */
  #listSteps(terms: readonly DocumentTerm[]): number {
    return terms.reduce((steps, { count }) => steps + Math.min(count * this.#locateSteps, this.#rows), 0)
  }
}

function countOf(terms: readonly DocumentTerm[]): number {
  return terms.reduce((count, term) => count + term.count, 0)
}

function literalBytes({ literal }: DocumentTerm): number {
  return literal?.length ?? 0
}

function holds(text: Uint8Array, { literal }: DocumentTerm): boolean {
  return literal !== null && includesBytes(text, literal)
}
