/** How do the occurrences spread over the values of a field? */

import { formatCount } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { useAnswer } from '../server/use-answer.ts'
import { readFacet } from './ask.ts'
import type { Query } from './query.ts'

const waitMs = 400

interface FacetPanelProps {
  readonly query: Query
  readonly resultKey: string | null
  readonly fields: readonly string[]
}

export function FacetPanel({ query, resultKey, fields }: FacetPanelProps) {
  return (
    <section class="facets" aria-label="By field">
      {fields.map((field) => (
        <Facet key={field} query={query} resultKey={resultKey} field={field} />
      ))}
    </section>
  )
}

function Facet({ query, resultKey, field }: { query: Query; resultKey: string | null; field: string }) {
  const key = resultKey === null ? null : `${resultKey} ${field}`
  const { answer, isStale } = useAnswer(key, waitMs, (signal) => readFacet(query, field, signal))
  if (!answer) return null
  const most = Math.max(1, ...answer.values.map(({ occurrences }) => occurrences))
  return (
    <table class={isStale ? 'is-stale' : undefined}>
      <caption>
        {field}
        {!answer.exact && <small> (at least)</small>}
      </caption>
      <tbody>
        {answer.values.map(({ value, occurrences, documents }) => (
          <tr key={value}>
            <th scope="row">{value === null ? <i>none</i> : <VisibleText text={value} />}</th>
            <td title={`${formatCount(documents)} documents`}>
              <ShareBar value={occurrences} most={most} />
              {formatCount(occurrences)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
