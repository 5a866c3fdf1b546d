/** How do the occurrences spread over indexes, fields and the corpus from its beginning to its end? */
import { useEffect, useRef } from 'preact/hooks'
import { formatCount } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { useAnswer } from '../server/use-answer.ts'
import type { IndexInfo, PatternCount } from './answers.ts'
import { readFacet } from './ask.ts'
import { countKey, type Query } from './query.ts'
import { ShardHistogram } from './shard-histogram.tsx'

const waitMs = 400

interface SpreadPanelProps {
  readonly query: Query
  /** Those that are searched. */
  readonly indexes: readonly IndexInfo[]
  readonly count: PatternCount
  /** Open where it stands beside the results, closed where it would push them down. */
  readonly isBeside: boolean
}

export function SpreadPanel({ query, indexes, count, isBeside }: SpreadPanelProps) {
  const panel = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (panel.current) panel.current.open = isBeside
  }, [isBeside])
  const fields = [...new Set(indexes.flatMap(({ facetFields }) => facetFields))]
  return (
    <details class="spread" ref={panel}>
      <summary>Where from</summary>
      {count.indexes && <SpreadTable title="index" rows={count.indexes.map(toRow)} />}
      {fields.map((field) => (
        <Facet key={field} query={query} indexes={indexes} field={field} />
      ))}
      {hasShards(indexes, count) && <ShardHistogram counts={count.shards ?? []} />}
    </details>
  )
}

function toRow({ index, count }: { index: string; count: number }): SpreadRow {
  return { name: index, count }
}

/** Whether there is anything to spread over. */
export function hasSpread(indexes: readonly IndexInfo[], count: PatternCount): boolean {
  return indexes.length > 1 || hasShards(indexes, count) || indexes.some(({ facetFields }) => facetFields.length > 0)
}

/** Indexes of one shard each are told apart already. */
function hasShards(indexes: readonly IndexInfo[], { shards = [] }: PatternCount): boolean {
  return shards.length > indexes.length
}

function Facet({ query, indexes, field }: Pick<SpreadPanelProps, 'query' | 'indexes'> & { readonly field: string }) {
  const having = indexes.filter(({ facetFields }) => facetFields.includes(field)).map(({ name }) => name)
  const key = `${countKey(query)} ${field} ${having.join(',')}`
  const { answer, problem, isStale } = useAnswer(key, waitMs, (signal) => readFacet(query, having, field, signal))
  if (problem) return <p class="hint">{`${field}: ${problem.title}`}</p>
  if (!answer) return null
  const rows = answer.values.map(({ value, occurrences, documents }) => ({
    name: value,
    count: occurrences,
    title: documents === 1 ? '1 document' : `${formatCount(documents)} documents`,
  }))
  const more = answer.valueCount - answer.values.length
  const notes = [
    ...(having.length < indexes.length ? [`in ${having.join(', ')}`] : []),
    ...(answer.exact ? [] : ['at least']),
    ...(more > 0 ? [`${formatCount(more)} more`] : []),
  ]
  return <SpreadTable title={field} note={notes.join(', ')} rows={rows} isStale={isStale} />
}

interface SpreadRow {
  /** Null for documents without the field. */
  readonly name: string | null
  readonly count: number
  readonly title?: string
}

interface SpreadTableProps {
  readonly title: string
  readonly note?: string
  readonly rows: readonly SpreadRow[]
  readonly isStale?: boolean
}

function SpreadTable({ title, note, rows, isStale = false }: SpreadTableProps) {
  const most = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <table class={isStale ? 'is-stale' : undefined}>
      <caption>
        {title} {note && <small>{note}</small>}
      </caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} title={row.title}>
            <th scope="row">{row.name === null ? <i>none</i> : <VisibleText text={row.name} />}</th>
            <td>
              {formatCount(row.count)}
              <ShareBar value={row.count} most={most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
