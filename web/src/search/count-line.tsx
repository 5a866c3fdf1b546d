/** How often, in how many documents? */

import { formatCount } from '../components/format.ts'
import type { Waiting } from '../server/use-answer.ts'
import type { CountAnswer, DocumentCount } from './answers.ts'
import { CopyMenu } from './copy-menu.tsx'
import type { Query } from './query.ts'

interface CountLineProps {
  readonly query: Query
  readonly count: Waiting<CountAnswer>
  readonly documents: Waiting<CountAnswer>
}

export function CountLine({ query, count, documents }: CountLineProps) {
  const result = count.answer?.results[0]
  const inDocuments = documents.isStale ? undefined : documents.answer?.results[0].documents
  const isWaiting = count.isSlow && count.isStale
  return (
    <div class="count-line">
      <p aria-live="polite" class={count.isStale ? 'count is-stale' : 'count'}>
        {isWaiting && <span class="waiting">counting…</span>}
        {!isWaiting && result && (
          <>
            <strong>{formatCount(result.count)}</strong> {result.count === 1 ? 'occurrence' : 'occurrences'}
            {inDocuments && result.count > 0 && <span> in {describeDocuments(inDocuments)}</span>}
          </>
        )}
      </p>
      {result && count.answer && (
        <p class="cost">
          {result.indexes?.map(({ index, count: inIndex }) => `${index} ${formatCount(inIndex)}`).join(' · ')}
          <span title="Time on the server">{count.answer.tookMs.toFixed(1)} ms</span>
          <CopyMenu query={query} generation={count.answer.generation} />
        </p>
      )}
    </div>
  )
}

function describeDocuments({ count, exact, interval }: DocumentCount): string {
  const noun = count === 1 ? 'document' : 'documents'
  if (exact) return `${formatCount(count)} ${noun}`
  return `about ${formatCount(count)} ${noun} (${formatCount(interval[0])} to ${formatCount(interval[1])})`
}
