/** Which near copies are there, and how near are they? */
import { type Column, DataTable } from '../components/data-table.tsx'
import { formatCount } from '../components/format.ts'
import type { NeighbourRow } from './answers.ts'
import { Distribution } from './distribution.tsx'

/** Rows that are shown at once. */
const maxRows = 500

const countOf = ({ histogram }: NeighbourRow) => histogram.reduce((sum, { count }) => sum + count, 0)
const exactOf = ({ histogram }: NeighbourRow) => histogram.find(({ distance }) => distance === 0)?.count ?? 0

const columns: readonly Column<NeighbourRow>[] = [
  { key: 'trap', label: 'Trap', show: ({ trap }) => <code>{trap}</code>, sortValue: ({ trap }) => trap },
  { key: 'index', label: 'Index', show: ({ index }) => index, sortValue: ({ index }) => index },
  { key: 'exact', label: 'Exact', isNumber: true, show: (row) => formatCount(exactOf(row)), sortValue: exactOf },
  {
    key: 'near',
    label: 'Near',
    isNumber: true,
    show: (row) => formatCount(countOf(row) - exactOf(row)),
    sortValue: (row) => countOf(row) - exactOf(row),
  },
  {
    key: 'distances',
    label: 'Copies by changed characters',
    show: ({ histogram }) =>
      histogram
        .filter(({ distance }) => distance > 0)
        .slice(0, 8)
        .map(({ distance, count }) => `${formatCount(count)} at ${distance}`)
        .join(', '),
  },
  { key: 'complete', label: 'All found', show: ({ isComplete }) => (isComplete ? 'yes' : 'may be more') },
]

export function NeighbourTable({ rows }: { rows: readonly NeighbourRow[] }) {
  const withAny = rows.filter((row) => countOf(row) > 0)
  const distances = new Map<number, number>()
  for (const { histogram } of rows) {
    for (const { distance, count } of histogram) distances.set(distance, (distances.get(distance) ?? 0) + count)
  }
  return (
    <>
      <h2>Near copies</h2>
      <p role="status">
        {formatCount(withAny.length)} of {formatCount(rows.length)} texts have copies, exact or near.
      </p>
      {distances.size > 0 && (
        <div class="table-scroll histogram">
          <Distribution
            title="Copies by changed characters"
            entries={[...distances]
              .sort(([a], [b]) => a - b)
              .slice(0, 40)
              .map(([distance, count]) => [String(distance), count] as const)}
          />
        </div>
      )}
      <DataTable
        caption="Near copies of each trap"
        columns={columns}
        rows={withAny.slice(0, maxRows)}
        rowKey={({ trap, index }) => `${index} ${trap}`}
      />
      {withAny.length > maxRows && <p class="hint">{formatCount(withAny.length - maxRows)} more are not shown.</p>}
    </>
  )
}
