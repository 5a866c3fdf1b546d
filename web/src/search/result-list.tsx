/** Where does it stand? A concordance: the match in one column, its surroundings on both sides. */
import { useEffect, useRef } from 'preact/hooks'
import { formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import type { DocumentInfo, Occurrence } from './answers.ts'
import type { OpenPlace, Query } from './query.ts'
import type { Pages } from './use-pages.ts'
import type { ChangeQuery } from './use-query.ts'

/** Where a result leads. */
export function placeOf({ document, startOffset, endOffset }: Occurrence): OpenPlace {
  return { index: document.index, document: document.document, startOffset, endOffset }
}

/** The words by which a person knows the document: its id, or a telling field of its metadata. */
export function nameDocument({ externalId, metadata, document }: DocumentInfo): string {
  if (externalId !== null) return externalId
  if (metadata !== null) {
    const fields = JSON.parse(metadata) as Record<string, unknown>
    for (const name of ['title', 'url', 'path', 'source', 'id']) {
      const value = fields[name]
      if (typeof value === 'string' && value !== '') return value
    }
  }
  return `document ${document}`
}

interface ResultListProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly pages: Pages
  readonly selected: number
  readonly select: (at: number) => void
}

export function ResultList({ query, change, pages, selected, select }: ResultListProps) {
  const { occurrences, hasMore, isLoading, loadMore } = pages
  const end = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!end.current) return
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && loadMore(), { rootMargin: '400px' })
    observer.observe(end.current)
    return () => observer.disconnect()
  })
  return (
    <section class="results" aria-label="Results" aria-busy={isLoading}>
      <ol>
        {occurrences.map((occurrence, at) => (
          <ResultRow
            key={`${occurrence.document.index} ${occurrence.document.document} ${occurrence.startOffset}`}
            occurrence={occurrence}
            isSelected={at === selected}
            isWide={query.context > 160}
            open={() => {
              select(at)
              change({ open: placeOf(occurrence) })
            }}
          />
        ))}
      </ol>
      {hasMore && (
        <button ref={end} type="button" class="more" onClick={loadMore}>
          {isLoading ? 'loading…' : 'More'}
        </button>
      )}
    </section>
  )
}

interface ResultRowProps {
  readonly occurrence: Occurrence
  readonly isSelected: boolean
  readonly isWide: boolean
  readonly open: () => void
}

function ResultRow({ occurrence, isSelected, isWide, open }: ResultRowProps) {
  const { snippet, document, startOffset, countInDocument } = occurrence
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected])
  const before = snippet.text.slice(0, snippet.matchStart)
  const match = snippet.text.slice(snippet.matchStart, snippet.matchEnd)
  const after = snippet.text.slice(snippet.matchEnd)
  return (
    <li class={isSelected ? 'is-selected' : undefined} aria-current={isSelected ? 'true' : undefined}>
      <button ref={row} type="button" class={isWide ? 'row is-wide' : 'row'} onClick={open}>
        <span class="before">
          <span>
            {snippet.isCutBefore && '…'}
            <VisibleText text={before} />
          </span>
        </span>
        <mark>
          <VisibleText text={match} />
        </mark>
        <span class="after">
          <VisibleText text={after} />
          {snippet.isCutAfter && '…'}
        </span>
      </button>
      <span class="source">
        <VisibleText text={nameDocument(document)} />
        <span class="offset"> at byte {formatCount(startOffset)}</span>
        {countInDocument !== undefined && countInDocument > 1 && <span> · {formatCount(countInDocument)} in it</span>}
      </span>
    </li>
  )
}
