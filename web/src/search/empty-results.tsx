/** Nothing found: what is nearest to the question that does occur? */
import { formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import { isStatic } from '../server/site.ts'
import { useAnswer } from '../server/use-answer.ts'
import type { IndexInfo } from './answers.ts'
import { countPatterns, traceText } from './ask.ts'
import { countKey, type Query } from './query.ts'
import { areTokens, listSearched } from './settle-query.ts'
import type { ChangeQuery } from './use-query.ts'

const waitMs = 250

/** Parts of the pattern that are offered, and the shortest that says anything. */
const maxParts = 3
const minPartBytes = 3

interface Suggestion {
  /** Words about the search, or a part of the pattern. */
  readonly label: string
  readonly isPart?: boolean
  readonly count: number
  readonly change: Partial<Query>
}

const otherRules: readonly { readonly label: string; readonly change: Partial<Query> }[] = [
  { label: 'ignoring case', change: { ignoreCase: true } },
  { label: 'with flexible space', change: { flexibleSpace: true } },
  { label: 'ignoring case, with flexible space', change: { ignoreCase: true, flexibleSpace: true } },
]

interface EmptyResultsProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly indexes: readonly IndexInfo[]
}

export function EmptyResults({ query, change, indexes }: EmptyResultsProps) {
  const { answer } = useAnswer(countKey(query), waitMs, (signal) => findNearest(query, indexes, signal))
  return (
    <section class="empty" aria-label="Nothing found">
      <p>This text does not occur, not once.</p>
      {answer && answer.length > 0 && (
        <>
          <p class="hint">What does:</p>
          <ul>
            {answer.map(({ label, isPart, count, change: part }) => (
              <li key={label}>
                <button type="button" class="chip" onClick={() => change({ ...part, open: null, generation: null })}>
                  <span class={isPart ? 'part' : undefined}>
                    <VisibleText text={label} />
                  </span>{' '}
                  <b>{formatCount(count)}</b>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function listByteWays(query: Query, indexes: readonly IndexInfo[], signal: AbortSignal): Promise<Suggestion[]>[] {
  return [
    ...otherRules
      .filter(({ change }) => Object.entries(change).some(([rule, value]) => query[rule as keyof Query] !== value))
      .map(({ change, label }) => countOther(query, change, label, signal)),
    ...indexes
      .filter(({ name, symbols }) => symbols === 'bytes' && !query.indexes.includes(name))
      .map(({ name }) => countOther(query, { indexes: [name] }, `in ${name}`, signal)),
    findParts(query, signal),
  ]
}

/** A word within a text is mostly another token than at its beginning; ids of one index say nothing in another. */
function listTokenWays(query: Query, indexes: readonly IndexInfo[], signal: AbortSignal): Promise<Suggestion[]>[] {
  if (query.asIds) return []
  const spaced = { pattern: ` ${query.pattern}` }
  return [
    ...(query.pattern.startsWith(' ') ? [] : [countOther(query, spaced, 'with a space before it', signal)]),
    ...indexes
      .filter(({ name, symbols, hasTokenizer }) => {
        return symbols === 'tokens' && hasTokenizer && !query.indexes.includes(name)
      })
      .map(({ name }) => countOther(query, { indexes: [name] }, `in ${name}`, signal)),
  ]
}

/** Each way of finding something that does find something; one that fails says nothing. */
async function findNearest(query: Query, indexes: readonly IndexInfo[], signal: AbortSignal): Promise<Suggestion[]> {
  const searched = listSearched(query, indexes)
  // What is asked of an index of the visitor is not for the server.
  const isOwn = !isStatic && searched.some((index) => index.isOwn)
  const others = isOwn ? indexes.filter((index) => index.isOwn) : indexes
  const ways = areTokens(searched) ? listTokenWays(query, others, signal) : listByteWays(query, others, signal)
  const found = await Promise.allSettled(ways)
  signal.throwIfAborted()
  return found.flatMap((way) => (way.status === 'fulfilled' ? way.value : [])).filter(({ count }) => count > 0)
}

async function countOther(
  query: Query,
  change: Partial<Query>,
  label: string,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const { results } = await countPatterns({ ...query, ...change, terms: [] }, signal)
  return [{ label, count: results[0].count, change }]
}

/** The longest parts of the pattern that occur byte for byte. */
async function findParts(query: Query, signal: AbortSignal): Promise<Suggestion[]> {
  const { spans } = await traceText(query.indexes, query.pattern, minPartBytes, signal)
  const bytes = new TextEncoder().encode(query.pattern)
  const longest = [...spans].sort((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset))
  const parts = longest.slice(0, maxParts).map(({ startOffset, endOffset }) => cutText(bytes, startOffset, endOffset))
  const [first, ...others] = [...new Set(parts)].filter((part) => part !== '')
  if (first === undefined) return []
  const terms = others.map((pattern) => ({ kind: 'all' as const, pattern }))
  const asked = { ...query, pattern: first, ignoreCase: false, flexibleSpace: false, terms }
  const { results } = await countPatterns(asked, signal)
  return [first, ...others].map((pattern, at) => ({
    label: pattern,
    isPart: true,
    count: results[at].count,
    change: { pattern },
  }))
}

/** The whole characters of a part. */
function cutText(bytes: Uint8Array, start: number, end: number): string {
  const isInside = (offset: number) => (bytes[offset] & 0xc0) === 0x80
  let from = start
  let to = end
  while (from < to && isInside(from)) from++
  while (to > from && isInside(to)) to--
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to))
}
