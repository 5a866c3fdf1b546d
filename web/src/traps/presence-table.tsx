/** Is each trap there as often as planned, and in which documents? */
import { useState } from 'preact/hooks'
import { Chip } from '../components/chip.tsx'
import { type Column, DataTable } from '../components/data-table.tsx'
import { formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import type { PresenceRow } from './answers.ts'

/** Rows that are shown at once. */
const maxRows = 500

const columns: readonly Column<PresenceRow>[] = [
  { key: 'trap', label: 'Trap', show: ({ trap }) => <code>{trap}</code>, sortValue: ({ trap }) => trap },
  { key: 'index', label: 'Index', show: ({ index }) => index, sortValue: ({ index }) => index },
  ...(['planned', 'found', 'documentCount'] as const).map((key) => ({
    key,
    label: { planned: 'Planned', found: 'Found', documentCount: 'Documents' }[key],
    isNumber: true,
    show: (row: PresenceRow) => formatCount(row[key]),
    sortValue: (row: PresenceRow) => row[key],
  })),
  { key: 'verdict', label: 'As planned', show: ({ isAsPlanned }) => (isAsPlanned ? 'yes' : <strong>no</strong>) },
  { key: 'documents', label: 'Where', show: (row) => <Documents row={row} /> },
]

export function PresenceTable({ rows, isLeakWatch }: { rows: readonly PresenceRow[]; isLeakWatch: boolean }) {
  const odd = rows.filter(({ isAsPlanned }) => !isAsPlanned)
  const [isOddOnly, setOddOnly] = useState(false)
  const shown = isOddOnly ? odd : rows
  const controls = rows.filter(({ role }) => role === 'control')
  const foundControls = controls.filter(({ found }) => found > 0).length
  return (
    <>
      <h2>{isLeakWatch ? 'Leaks' : 'Presence'}</h2>
      <p role="status">
        {isLeakWatch
          ? `${formatCount(odd.length)} of ${formatCount(rows.length)} counts are leaks.`
          : `${formatCount(rows.length - odd.length)} of ${formatCount(rows.length)} counts are as planned.`}{' '}
        {controls.length > 0 &&
          `${formatCount(foundControls)} of ${formatCount(controls.length)} counts of controls are not zero.`}{' '}
        Counts are exact.
      </p>
      <Chip isOn={isOddOnly} toggle={() => setOddOnly(!isOddOnly)}>
        {isLeakWatch ? 'Leaks only' : 'Not as planned only'}
      </Chip>
      <DataTable
        caption="Copies of each trap"
        columns={columns}
        rows={shown.slice(0, maxRows)}
        rowKey={({ trap, index }) => `${index} ${trap}`}
      />
      {shown.length > maxRows && <p class="hint">{formatCount(shown.length - maxRows)} more are not shown.</p>}
    </>
  )
}

function Documents({ row: { documents, documentCount } }: { row: PresenceRow }) {
  if (documents.length === 0) return <>–</>
  return (
    <details>
      <summary>{documentCount === 1 ? '1 document' : `${formatCount(documentCount)} documents`}</summary>
      <ul class="trap-documents">
        {documents.map(({ document, externalId, occurrences, otherTraps }) => (
          <li key={document}>
            <VisibleText text={externalId ?? `document ${document}`} />: {formatCount(occurrences)}
            {otherTraps.length > 0 && `, beside ${formatCount(otherTraps.length)} other traps`}
          </li>
        ))}
      </ul>
    </details>
  )
}
