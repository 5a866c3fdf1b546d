/** What was found of an item, where, and is it the whole question with its answer? */
import type { IndexReader, Match } from '../query/index-reader.js'
import { answerReach, measureDistance, prepareAnswer, shareOfWords } from './answer-nearby.js'
import { askPatiently } from './ask-patiently.js'
import type { BenchmarkItem } from './benchmark.js'
import { findBestDocument } from './best-document.js'
import type { BoilerplateFinder } from './boilerplate.js'
import type { CategoryJudge } from './contamination-options.js'
import type { SoughtWindow } from './count-windows.js'
import { type PassageMarks, passageOf } from './read-passage.js'
import type { Evidence, Passage } from './report.js'
import { matchingOf, type ViewName } from './views.js'
import type { ViewText } from './windows.js'

/** Characters of context on either side, and of reach to the answer: 400, as the paper shows its judge. */
export const contextCharacters = 400

/** Occurrences of a window after which an answer is looked for. */
const answerOccurrences = 10
/** Share of an answer's words that makes it the answer in other words. */
const otherWords = 0.8

export interface EvidenceQuery {
  readonly reader: IndexReader
  readonly view: ViewName
  readonly item: BenchmarkItem
  readonly text: ViewText
  /** The windows that occur, in order; at least one. */
  readonly found: readonly SoughtWindow[]
  readonly boilerplate: BoilerplateFinder
  readonly passages: number
  /** Only for dirty items. */
  readonly judge: CategoryJudge | null
  readonly signal?: AbortSignal
}

interface NearbyAnswer {
  readonly answer: Evidence['answer']
  /** Whether most of its words stand there, though not the answer as it is. */
  readonly isInOtherWords: boolean
}

/** Evidence of an item of which at least one window was found. */
export async function findEvidence(query: EvidenceQuery): Promise<Evidence> {
  const { reader, view, item, text, found, boilerplate, judge, signal } = query
  const marks = { view, patterns: [...new Set(found.flatMap(({ patterns }) => patterns))] }
  const rarest = chooseRarest(found)
  const rarestWindow = await describeRarest(query, rarest, marks)
  const bestDocument = await findBestDocument({ reader, view, text, found, contextCharacters, signal })
  const { answer, isInOtherWords } = await findAnswer(query, found, marks, bestDocument?.passage ?? null)
  const boilerplateWindows = await boilerplate.countIn(text, found)
  const isBoilerplate = boilerplateWindows === found.length
  const category = isBoilerplate ? 4 : answer.status === 'found' ? 1 : isInOtherWords ? 2 : 3
  const shown = answer.passage ?? bestDocument?.passage ?? rarestWindow.passages[0]
  return {
    view,
    rarestWindow,
    bestDocument,
    answer,
    boilerplate: { windows: boilerplateWindows, isBoilerplate },
    category: judge
      ? { number: await judge.judge(item.text, item.answer, shown.text, signal), decidedBy: judge.name }
      : { number: category, decidedBy: 'rule' },
  }
}

/** The first of those that occur least; one that a single pattern finds, where there is any. */
function chooseRarest(found: readonly SoughtWindow[]): SoughtWindow {
  const single = found.filter(({ patterns }) => patterns.length === 1)
  const candidates = single.length > 0 ? single : found
  return candidates.reduce((best, window) => ((window.count ?? 0) < (best.count ?? 0) ? window : best))
}

async function describeRarest(
  { reader, view, text, passages, signal }: EvidenceQuery,
  rarest: SoughtWindow,
  marks: PassageMarks,
): Promise<Evidence['rarestWindow']> {
  const match = await findFirst(reader, view, rarest, signal)
  const documents = await askPatiently(signal, () => reader.countDocuments(match, { signal }))
  // Documents are listed by looking at all occurrences, which is not worth it for a phrase that stands everywhere.
  const by = match.count > 10_000 ? 'occurrence' : 'document'
  const page = { limit: passages, context: contextCharacters, unit: 'character', by, signal } as const
  const { occurrences } = await askPatiently(signal, () => reader.documents(match, page))
  const isWhole = rarest.patterns.length === 1
  return {
    ...text.toSource(rarest),
    text: text.text.slice(rarest.start, rarest.end),
    count: rarest.count ?? 0,
    documents: { count: documents.count, isExact: documents.isExact && isWhole },
    passages: occurrences.map((occurrence) => passageOf(occurrence, marks)),
  }
}

function findFirst(
  reader: IndexReader,
  view: ViewName,
  { patterns }: SoughtWindow,
  signal: AbortSignal | undefined,
): Promise<Match> {
  return askPatiently(signal, () => reader.find(patterns[0], { matching: matchingOf(view), signal }))
}

/** Looks behind the last found window, in the best document first, then where else it and the rarest one stand. */
async function findAnswer(
  { reader, view, item, signal }: EvidenceQuery,
  found: readonly SoughtWindow[],
  marks: PassageMarks,
  best: Passage | null,
): Promise<NearbyAnswer> {
  const none = { distance: null, passage: null }
  if (item.answer === null || item.answer.trim() === '') {
    return { answer: { status: 'absent', ...none }, isInOtherWords: false }
  }
  const sought = prepareAnswer(item.answer, view)
  if (sought === null) return { answer: { status: 'not-testable', ...none }, isInOtherWords: false }
  let isInOtherWords = false
  const look = (passage: Passage, end: number): NearbyAnswer | null => {
    const after = passage.text.slice(end)
    const distance = measureDistance(after, sought, contextCharacters)
    if (distance !== null) return { answer: { status: 'found', distance, passage }, isInOtherWords: false }
    isInOtherWords ||= shareOfWords(after, sought, contextCharacters) >= otherWords
    return null
  }
  const inBest = best === null ? null : lookBehindMatches(best, look)
  if (inBest !== null) return inBest
  for (const window of new Set([found[found.length - 1], chooseRarest(found)])) {
    const match = await findFirst(reader, view, window, signal)
    const context = contextCharacters + Math.min(answerReach, item.answer.length)
    const page = { limit: answerOccurrences, context, unit: 'character', by: 'occurrence', signal } as const
    const { occurrences } = await askPatiently(signal, () => reader.documents(match, page))
    for (const occurrence of occurrences) {
      const answer = look(passageOf(occurrence, marks), occurrence.snippet.matchEnd)
      if (answer !== null) return answer
    }
  }
  return { answer: { status: 'not-found', ...none }, isInOtherWords }
}

function lookBehindMatches(
  passage: Passage,
  look: (passage: Passage, end: number) => NearbyAnswer | null,
): NearbyAnswer | null {
  for (const [, end] of [...passage.matches].reverse()) {
    const answer = look(passage, end)
    if (answer !== null) return answer
  }
  return null
}
