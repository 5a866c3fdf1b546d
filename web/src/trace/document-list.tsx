/** Which documents hold the spans? Each once, the most relevant first, with the text around every place. */
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import { cutSnippet, nameDocument } from '../search/hits.ts'
import { emptyQuery, writeQuery } from '../search/query.ts'
import type { TraceAnswer } from './ask.ts'
import type { FoundDocument, FoundPlace } from './trace-view.ts'

/** Characters of the text around a place. */
const shownCharacters = 160

/** Places of a document that are shown at once. */
const shownPlaces = 2

interface DocumentListProps {
  readonly trace: TraceAnswer
  readonly documents: readonly FoundDocument[]
  /** Documents that were found in all. */
  readonly total: number
  readonly current: string | null
  /** Only the documents of a chosen span are listed. */
  readonly isNarrowed: boolean
  readonly select: (key: string | null) => void
}

export function DocumentList({ trace, documents, total, current, isNarrowed, select }: DocumentListProps) {
  if (total === 0) return null
  return (
    <>
      <p class="trace-summary" role="status">
        <strong>{formatCount(documents.length)}</strong>
        {isNarrowed && ` of ${formatCount(total)}`} {documents.length === 1 ? 'document' : 'documents'}
        {(isNarrowed || current !== null) && (
          <Button kind="plain" onClick={() => select(null)}>
            Show all <kbd>Esc</kbd>
          </Button>
        )}
      </p>
      <ol id="traced-documents" class="traced-documents">
        {documents.map((found) => (
          <li key={found.key} class={found.key === current ? 'is-current' : undefined}>
            <DocumentCard
              trace={trace}
              found={found}
              isCurrent={found.key === current}
              toggle={() => select(found.key === current ? null : found.key)}
            />
          </li>
        ))}
      </ol>
    </>
  )
}

interface DocumentCardProps {
  readonly trace: TraceAnswer
  readonly found: FoundDocument
  readonly isCurrent: boolean
  readonly toggle: () => void
}

function DocumentCard({ trace, found: { document, relevance, places }, isCurrent, toggle }: DocumentCardProps) {
  return (
    <>
      <button type="button" class="traced-document" aria-pressed={isCurrent} onClick={toggle}>
        <strong>
          <VisibleText text={nameDocument(document)} />
        </strong>
        <span class={`traced-key is-${relevance.level}`}>{relevance.level}</span>
        <span class="hint">
          {document.index}, {places.length === 1 ? '1 place' : `${formatCount(places.length)} places`}
        </span>
      </button>
      {places.slice(0, shownPlaces).map((place, at) => (
        <Place key={String(at)} trace={trace} place={place} />
      ))}
      {places.length > shownPlaces && (
        <details>
          <summary>{formatCount(places.length - shownPlaces)} more places</summary>
          {places.slice(shownPlaces).map((place, at) => (
            <Place key={String(at)} trace={trace} place={place} />
          ))}
        </details>
      )}
    </>
  )
}

function Place({ trace, place: { span, occurrence } }: { trace: TraceAnswer; place: FoundPlace }) {
  const [before, match, after] = cutSnippet(occurrence)
  const { document, startOffset, endOffset } = occurrence
  const { count } = trace.spans[span]
  const open = { index: document.index, document: document.document, startOffset, endOffset }
  const pattern = document.textBytes === null ? '' : match
  const address = pattern === '' ? null : writeQuery({ ...emptyQuery, indexes: [document.index], pattern, open })
  return (
    <div class="traced-place">
      <p>
        {before.length > shownCharacters && '…'}
        <VisibleText text={before.slice(-shownCharacters)} />
        <mark>
          <VisibleText text={match} />
        </mark>
        <VisibleText text={after.slice(0, shownCharacters)} />
        {after.length > shownCharacters && '…'}
      </p>
      <p class="hint">
        {trace.partial && '≥ '}
        {formatCount(count)} {count === 1 && !trace.partial ? 'occurrence' : 'occurrences'}
        {address !== null && (
          <>
            {' · '}
            <a href={address}>open in the document</a>
          </>
        )}
      </p>
    </div>
  )
}
