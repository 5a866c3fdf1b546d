/** Where does it stand? A concordance: the match in one column, its surroundings on both sides. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import type { DocumentInfo, Occurrence } from './answers.ts'
import { cutSnippet, dateDocument, describeSize, type Hit, nameDocument, unitOf } from './hits.ts'
import type { Query } from './query.ts'
import type { Pages } from './use-pages.ts'

/** More context than this does not go on a line. */
const maxLineContext = 160

interface ResultListProps {
  readonly query: Query
  readonly pages: Pages
  readonly selected: number
  readonly open: (at: number) => void
  /** Null where the results are not a sample. */
  readonly sampleAgain: (() => void) | null
}

export function ResultList({ query, pages, selected, open, sampleAgain }: ResultListProps) {
  const { hits, hasMore, isLoading, isStale, loadMore } = pages
  const end = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!end.current) return
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && loadMore(), { rootMargin: '400px' })
    observer.observe(end.current)
    return () => observer.disconnect()
  })
  return (
    <section class={isStale ? 'results is-stale' : 'results'} aria-label="Results" aria-busy={isLoading}>
      <ol>
        {hits.map((hit, at) => (
          <ResultRow
            key={`${hit.document.index} ${hit.document.document} ${hit.occurrence?.startOffset}`}
            hit={hit}
            isSelected={at === selected}
            isWide={query.context > maxLineContext}
            open={() => open(at)}
          />
        ))}
      </ol>
      {hasMore && (
        <button ref={end} type="button" class="more" onClick={loadMore}>
          {isLoading ? 'loading…' : 'More'}
        </button>
      )}
      {sampleAgain && hits.length > 0 && (
        <p class="sample-note">
          {formatCount(hits.length)} of all, at random. <Button onClick={sampleAgain}>Another sample</Button>
        </p>
      )}
    </section>
  )
}

interface ResultRowProps {
  readonly hit: Hit
  readonly isSelected: boolean
  readonly isWide: boolean
  readonly open: () => void
}

function ResultRow({ hit: { document, occurrence }, isSelected, isWide, open }: ResultRowProps) {
  const row = useRef<HTMLButtonElement>(null)
  // Before painting: a key that follows at once is for the row, not for the box.
  useLayoutEffect(() => {
    if (!isSelected) return
    row.current?.focus({ preventScroll: true })
    row.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected])
  const kind = occurrence ? (isWide ? 'row is-wide' : 'row') : 'row is-wide is-document'
  return (
    <li class={isSelected ? 'is-selected' : undefined} aria-current={isSelected ? 'true' : undefined}>
      <button ref={row} type="button" class={kind} onClick={open}>
        {occurrence ? (
          <Snippet occurrence={occurrence} isWide={isWide} />
        ) : (
          <VisibleText text={nameDocument(document)} />
        )}
      </button>
      <Source document={document} occurrence={occurrence} />
    </li>
  )
}

function Snippet({ occurrence, isWide }: { occurrence: Occurrence; isWide: boolean }) {
  const { isCutBefore, isCutAfter } = occurrence.snippet
  const [before, match, after] = cutSnippet(occurrence)
  return (
    <>
      <span class="before">
        <span>
          {isCutBefore && '…'}
          <VisibleText text={before} keepLines={isWide} />
        </span>
      </span>
      <mark>
        <VisibleText text={match} keepLines={isWide} />
      </mark>
      <span class="after">
        <VisibleText text={after} keepLines={isWide} />
        {isCutAfter && '…'}
      </span>
    </>
  )
}

function Source({ document, occurrence }: { document: DocumentInfo; occurrence: Occurrence | null }) {
  const inDocument = occurrence?.countInDocument ?? 1
  const date = dateDocument(document)
  return (
    <span class="source">
      {occurrence && (
        <span class="name">
          <VisibleText text={nameDocument(document)} />
        </span>
      )}
      {date !== null && (
        <span>
          <VisibleText text={date} />
        </span>
      )}
      {occurrence ? (
        <span>{`${unitOf(document)} ${formatCount(occurrence.startOffset)}`}</span>
      ) : (
        <span>{`${document.index}, ${describeSize(document)}`}</span>
      )}
      {inDocument > 1 && <span>{formatCount(inDocument)} in this document</span>}
    </span>
  )
}
