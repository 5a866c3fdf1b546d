/** What did a cleaning leave of the traps, and what was to be expected? */
import { type Column, DataTable } from '../components/data-table.tsx'
import { formatCount, formatShare } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'
import type { SurvivalRate } from './answers.ts'

const columns: readonly Column<SurvivalRate>[] = [
  {
    key: 'group',
    label: 'Tokens and repetitions',
    show: ({ length, repetitions }) => `${formatCount(length)} tokens × ${formatCount(repetitions)}`,
    sortValue: ({ length, repetitions }) => length * 1e6 + repetitions,
  },
  ...(['traps', 'surviving', 'copiesBefore', 'copiesAfter', 'copiesPredicted'] as const).map((key) => ({
    key,
    label: {
      traps: 'Traps',
      surviving: 'Traps left',
      copiesBefore: 'Copies before',
      copiesAfter: 'Copies after',
      copiesPredicted: 'Expected',
    }[key],
    isNumber: true,
    show: (row: SurvivalRate) => formatCount(row[key]),
    sortValue: (row: SurvivalRate) => row[key],
  })),
  {
    key: 'share',
    label: 'Copies left',
    show: ({ copiesBefore, copiesAfter }) => (
      <>
        {copiesBefore === 0 ? '–' : formatShare(copiesAfter / copiesBefore)}
        <ShareBar value={copiesAfter} most={copiesBefore} />
      </>
    ),
  },
]

interface SurvivalTableProps {
  readonly rates: readonly SurvivalRate[]
  readonly indexes: readonly string[]
}

export function SurvivalTable({ rates, indexes: [before, after] }: SurvivalTableProps) {
  const sum = (key: 'traps' | 'surviving' | 'present') => rates.reduce((total, rate) => total + rate[key], 0)
  return (
    <>
      <h2>
        From {before} to {after}
      </h2>
      <p role="status">
        {formatCount(sum('surviving'))} of {formatCount(sum('present'))} traps that stood in {before} stand in {after};{' '}
        {formatCount(sum('traps'))} are in the registry.
      </p>
      <DataTable
        caption="Traps before and after the cleaning"
        columns={columns}
        rows={rates}
        rowKey={({ length, repetitions }) => `${length} ${repetitions}`}
      />
    </>
  )
}
