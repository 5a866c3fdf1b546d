/** Which items of a benchmark are in a corpus? The list behind a number, and the item that was chosen from it. */
import type { ComponentChildren } from 'preact'
import { Dialog } from '../components/dialog.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { useAnswer } from '../server/use-answer.ts'
import type { CellSummary, ReportAnswer } from './answers.ts'
import { readReport } from './ask.ts'
import { ItemList } from './item-list.tsx'
import { ItemView } from './item-view.tsx'
import { type OpenCell, type Place, writePlace } from './place.ts'
import { formatInterval, formatRate, scoreCell } from './score.ts'
import type { ChangePlace } from './use-place.ts'
import { categoryLabels, viewLabels } from './views.ts'

interface CellDialogProps {
  readonly cell: OpenCell
  readonly place: Place
  readonly change: ChangePlace
}

export function CellDialog({ cell, place, change }: CellDialogProps) {
  const { answer, problem } = useAnswer(cell.report, 0, (signal) => readReport(cell.report, signal))
  const summary = answer?.cells.find(({ benchmark, index }) => benchmark === cell.benchmark && index === cell.index)
  const title = `${cell.benchmark} in ${cell.index}`
  return (
    <Dialog title={title} close={() => change({ cell: null })} isWide>
      {cell.line !== null && (
        <p class="back-line">
          <a href={writePlace({ ...place, cell: { ...cell, line: null } })}>← All items of this cell</a>
        </p>
      )}
      {problem && <ProblemNotice problem={problem} />}
      {cell.line !== null && <ItemView cell={cell} line={cell.line} view={place.view} />}
      {cell.line === null && answer && summary && (
        <>
          <CellFacts report={answer} summary={summary} place={place} />
          <ItemList cell={cell} place={place} view={chooseView(summary, place).view} />
        </>
      )}
      {answer && !summary && <p class="hint">The report has no such cell.</p>}
    </Dialog>
  )
}

function chooseView({ views }: CellSummary, { view }: Place): CellSummary['views'][number] {
  return views.find((candidate) => candidate.view === view) ?? views[0]
}

interface CellFactsProps {
  readonly report: ReportAnswer
  readonly summary: CellSummary
  readonly place: Place
}

/** The number again, and everything that it rests on. */
function CellFacts({ report: { report }, summary, place }: CellFactsProps) {
  const view = chooseView(summary, place)
  const { rate, interval, dirty, suspicious, clean, tested } = scoreCell(view, place.threshold)
  const benchmark = report.benchmarks.find(({ name }) => name === summary.benchmark)
  const corpus = report.indexes.find(({ name }) => name === summary.index)
  const found = Object.entries(summary.categories).filter(([, items]) => items > 0)
  return (
    <dl class="facts">
      <Fact name="Dirty">
        <strong>{rate === null ? 'nothing to test' : formatRate(rate)}</strong>
        {interval && <> · 95 % interval {formatInterval(interval)}</>}
      </Fact>
      <Fact name="Items">
        {dirty} dirty, {suspicious} suspicious, {clean} clean of {tested}; {view.short} too short
        {view.undecided > 0 && `; ${view.undecided} not searched to the end`}
      </Fact>
      <Fact name="Method">
        from {place.threshold} % of the {report.method.windowCharacters}-character windows ·{' '}
        {viewLabels[view.view] ?? view.view}
        {benchmark && benchmark.items < benchmark.itemsInFile && ` · sample, seed ${report.method.seed}`}
      </Fact>
      <Fact name="Checked">
        {report.date.slice(0, 10)} · generation {corpus?.generation} · omnigram {report.program}
      </Fact>
      {found.length > 0 && (
        <Fact name="Kinds">
          {found.map(([kind, items]) => `${items} ${categoryLabels[Number(kind)]}`).join(', ')}
          {summary.boilerplate > 0 && `; ${summary.boilerplate} boilerplate`}
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
