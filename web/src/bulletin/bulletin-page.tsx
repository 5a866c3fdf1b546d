/** Which benchmarks are in which corpora, and how much of each? */
import { useMemo } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { isStatic } from '../server/site.ts'
import { useAnswer } from '../server/use-answer.ts'
import type { TableAnswer } from './answers.ts'
import { readTable } from './ask.ts'
import { CellDialog } from './cell-dialog.tsx'
import { CheckForm } from './check-form.tsx'
import { CheckPanel } from './check-panel.tsx'
import { makeMatrix } from './matrix.ts'
import { MatrixTable } from './matrix-table.tsx'
import { MethodNote } from './method-note.tsx'
import { isPrivateReport, type Place } from './place.ts'
import { PrivateCheck } from './private-check.tsx'
import { holdsReport } from './private-reports.ts'
import { TableTools } from './table-tools.tsx'
import { TrendDialog } from './trend-chart.tsx'
import { useBulletinKeys } from './use-bulletin-keys.ts'
import { type ChangePlace, usePlace } from './use-place.ts'
import './bulletin.css'

export function BulletinPage() {
  const [place, change] = usePlace()
  useBulletinKeys()
  const { check, cell, table } = place
  const { answer, problem } = useAnswer(table, 0, (signal) => readTable(table, signal))
  return (
    <div class="bulletin">
      <header class="bulletin-head">
        <div>
          <h1>Benchmark contamination</h1>
          <p class="lead">
            Which test sets stand in which corpora? A number is the share of a benchmark’s items of which at least{' '}
            {place.threshold} % of the windows are in the corpus, word for word. Each opens its evidence.
          </p>
        </div>
        <p class="head-choices">
          {!isStatic && (
            <Button kind="solid" onClick={() => change({ check: 'new' })}>
              Check my benchmark
            </Button>
          )}
          <Button onClick={() => change({ check: 'private' })}>Check privately</Button>
        </p>
      </header>
      {check === 'new' && !isStatic && (
        <CheckForm begin={(id) => change({ check: id })} close={() => change({ check: null })} />
      )}
      {check === 'private' && <PrivateCheck place={place} change={change} />}
      {check !== null && check !== 'new' && check !== 'private' && !isStatic && (
        <CheckPanel id={check} place={place} change={change} />
      )}
      {problem && <ProblemNotice problem={problem} />}
      {answer && <Table answer={answer} place={place} change={change} />}
      {cell && (!isPrivateReport(cell.report) || holdsReport(cell.report)) && (
        <CellDialog cell={cell} place={place} change={change} />
      )}
    </div>
  )
}

interface TableProps {
  readonly answer: TableAnswer
  readonly place: Place
  readonly change: ChangePlace
}

function Table({ answer, place, change }: TableProps) {
  const { filter, sort, isDescending, isGrouped, threshold, view } = place
  const matrix = useMemo(
    () => makeMatrix(answer, place),
    [answer, filter, sort, isDescending, isGrouped, threshold, view],
  )
  const trendRow = matrix.groups.flatMap(({ rows }) => rows).find(({ key }) => key === place.trend)
  return (
    <>
      <TableTools matrix={matrix} place={place} change={change} />
      {answer.cells.length === 0 ? (
        <EmptyTable place={place} change={change} />
      ) : matrix.rowCount === 0 ? (
        <p class="hint" role="status">
          No benchmark has “{filter}” in its name or category.
        </p>
      ) : (
        <MatrixTable matrix={matrix} place={place} change={change} />
      )}
      <MethodNote answer={answer} threshold={threshold} />
      {trendRow && <TrendDialog row={trendRow} threshold={threshold} close={() => change({ trend: null })} />}
    </>
  )
}

function EmptyTable({ place: { table }, change }: Pick<TableProps, 'place' | 'change'>) {
  return (
    <div class="empty-table">
      {table === 'core' && isStatic ? (
        <p>There are no reports of these indexes here.</p>
      ) : table === 'core' ? (
        <p>
          There are no reports yet. The operator makes them with <code>omnigram contamination run</code> and serves them
          with <code>omnigram serve --reports</code>.
        </p>
      ) : (
        <p>Nobody has published a check yet.</p>
      )}
      {!isStatic && <Button onClick={() => change({ check: 'new' })}>Check a benchmark of yours</Button>}
    </div>
  )
}
