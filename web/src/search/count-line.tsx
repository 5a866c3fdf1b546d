/** How often, in how many documents? */
import { Button } from '../components/button.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { isStatic } from '../server/site.ts'
import type { Waiting } from '../server/use-answer.ts'
import type { CountAnswer, DocumentCount } from './answers.ts'
import { CopyMenu } from './copy-menu.tsx'
import { isCombined, type Query } from './query.ts'
import type { Pages } from './use-pages.ts'

interface CountLineProps {
  readonly query: Query
  readonly count: Waiting<CountAnswer>
  readonly documents: Waiting<CountAnswer>
  readonly pages: Pages
  /** Asks for the number of documents whatever it costs. */
  readonly countExactly: () => void
}

export function CountLine({ query, count, documents, pages, countExactly }: CountLineProps) {
  const tookMs = isCombined(query) ? pages.page?.tookMs : count.answer?.tookMs
  const cost = count.answer?.readCost
  return (
    <div class="count-line">
      {isCombined(query) ? (
        <DocumentsFound pages={pages} />
      ) : (
        <OccurrencesFound count={count} documents={documents} countExactly={countExactly} />
      )}
      <div class="cost">
        {tookMs !== undefined && (
          <span title={isStatic ? 'Time in this page' : 'Time on the server'}>{tookMs.toFixed(1)} ms</span>
        )}
        {cost && (
          <span title="Read from the file host since this page was opened">
            {formatCount(cost.requests)} requests, {formatBytes(cost.bytes)}
          </span>
        )}
        <CopyMenu query={query} generation={count.answer?.generation ?? null} />
      </div>
    </div>
  )
}

function OccurrencesFound({
  count,
  documents,
  countExactly,
}: Pick<CountLineProps, 'count' | 'documents' | 'countExactly'>) {
  const result = count.answer?.results[0]
  const inDocuments = documents.isStale ? undefined : documents.answer?.results[0].documents
  const isWaiting = count.isSlow && count.isStale
  const isPartial = count.answer?.partial !== undefined
  const isEstimate = inDocuments?.exact === false && !isPartial
  return (
    <div class="found">
      <p aria-live="polite" class={count.isStale ? 'count is-stale' : 'count'}>
        {isWaiting && <span class="waiting">counting…</span>}
        {!isWaiting && result && (
          <>
            {isPartial && '≥ '}
            <strong>{formatCount(result.count)}</strong> {result.count === 1 ? 'occurrence' : 'occurrences'}
            {inDocuments && result.count > 0 && <span> in {describeDocuments(inDocuments)}</span>}
          </>
        )}
      </p>
      {isEstimate && (
        <Button kind="plain" onClick={countExactly}>
          count exactly
        </Button>
      )}
    </div>
  )
}

function DocumentsFound({ pages: { page: last, isStale } }: Pick<CountLineProps, 'pages'>) {
  // Just after the second pattern was added the page before is still one of occurrences.
  const page = last?.documents === undefined ? null : last
  return (
    <p aria-live="polite" class={isStale ? 'count is-stale' : 'count'}>
      {page && (
        <>
          {!page.exact && 'at least '}
          <strong>{formatCount(page.count)}</strong> {page.count === 1 ? 'document' : 'documents'}
        </>
      )}
    </p>
  )
}

function describeDocuments({ count, exact, interval }: DocumentCount): string {
  const noun = count === 1 ? 'document' : 'documents'
  if (exact) return `${formatCount(count)} ${noun}`
  if (interval === undefined) return `≥ ${formatCount(count)} ${noun}`
  return `about ${formatCount(count)} ${noun} (${formatCount(interval[0])} to ${formatCount(interval[1])})`
}
