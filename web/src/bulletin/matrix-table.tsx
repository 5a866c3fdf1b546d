/** Which benchmark is in which corpus? A number a cell, coloured by its size. */
import { formatBriefCount, formatBytes, formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import { describeCell } from './cell-details.tsx'
import { HoverNoteBox, useHoverNote } from './hover-note.tsx'
import type { Matrix, MatrixCell, MatrixRow } from './matrix.ts'
import { type Place, writePlace } from './place.ts'
import { formatRate, heatOf } from './score.ts'
import { TrendLine } from './trend-chart.tsx'
import type { ChangePlace } from './use-place.ts'

interface MatrixTableProps {
  readonly matrix: Matrix
  readonly place: Place
  readonly change: ChangePlace
}

export function MatrixTable({ matrix, place, change }: MatrixTableProps) {
  const { corpora, groups, hasTrends } = matrix
  const hover = useHoverNote()
  const columns = corpora.length + 2 + (hasTrends ? 1 : 0)
  const sort = (key: string, isNumber: boolean) =>
    change({ sort: key, isDescending: place.sort === key ? !place.isDescending : isNumber })
  return (
    <div class="table-scroll matrix-scroll">
      <table class="matrix">
        <caption class="hidden">Dirty rate of each benchmark in each corpus, in percent</caption>
        <thead>
          <tr>
            <SortHead name="benchmark" label="Benchmark" place={place} sort={() => sort('benchmark', false)} />
            <SortHead name="items" label="Items" place={place} sort={() => sort('items', true)} isNumber />
            {corpora.map(({ name, corpusDate, documents, textBytes }) => (
              <SortHead
                key={name}
                name={name}
                label={name}
                place={place}
                sort={() => sort(name, true)}
                isNumber
                detail={[corpusDate, formatBytes(textBytes)].filter(Boolean).join(' · ')}
                title={`${formatCount(documents)} documents, ${formatBytes(textBytes)} of text`}
              />
            ))}
            {hasTrends && <th scope="col">Trend</th>}
          </tr>
        </thead>
        {groups.map(({ category, rows }) => (
          <tbody key={category ?? ''}>
            {category !== null && (
              <tr class="matrix-group">
                <th scope="rowgroup" colSpan={columns}>
                  {category}
                </th>
              </tr>
            )}
            {rows.map((row) => (
              <tr key={row.key}>
                <BenchmarkHead row={row} />
                <td class="is-number">
                  <Items row={row} />
                </td>
                {corpora.map(({ name }) => (
                  <td key={name} class="is-number">
                    <Cell cell={row.cells.get(name)} place={place} hover={hover} />
                  </td>
                ))}
                {hasTrends && (
                  <td class="matrix-trend">
                    <TrendLine row={row} open={() => change({ trend: row.key })} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      <HoverNoteBox {...hover} />
    </div>
  )
}

interface SortHeadProps {
  readonly name: string
  readonly label: string
  readonly place: Place
  readonly sort: () => void
  readonly isNumber?: boolean
  readonly detail?: string
  readonly title?: string
}

function SortHead({ name, label, place, sort, isNumber, detail, title }: SortHeadProps) {
  const isSorted = place.sort === name
  const order = isSorted ? (place.isDescending ? 'descending' : 'ascending') : undefined
  return (
    <th scope="col" class={isNumber ? 'is-number' : undefined} aria-sort={order} title={title}>
      <button type="button" class="sort" onClick={sort}>
        {label}
        {isSorted && <span aria-hidden="true">{place.isDescending ? '↓' : '↑'}</span>}
      </button>
      {detail && <span class="matrix-detail">{detail}</span>}
    </th>
  )
}

/** Only addresses of the web become links: reports come from elsewhere. */
function BenchmarkHead({ row: { benchmark } }: { row: MatrixRow }) {
  const { name, link, split, licence } = benchmark
  const details = [split, licence].filter((detail) => detail !== null)
  return (
    <th scope="row">
      {link !== null && /^https?:\/\//.test(link) ? (
        <a href={link} rel="noreferrer nofollow" target="_blank">
          <VisibleText text={name} />
        </a>
      ) : (
        <VisibleText text={name} />
      )}
      {details.length > 0 && (
        <span class="matrix-detail">
          <VisibleText text={details.join(' · ')} />
        </span>
      )}
    </th>
  )
}

function Items({ row: { benchmark } }: { row: MatrixRow }) {
  const { items, itemsInFile } = benchmark
  if (items === itemsInFile) return <>{formatCount(items)}</>
  const whole = `A sample of ${formatCount(items)} of ${formatCount(itemsInFile)} items`
  return (
    <>
      {formatCount(items)}
      <span class="matrix-detail" title={whole}>
        of {formatBriefCount(itemsInFile)}
      </span>
    </>
  )
}

interface CellProps {
  readonly cell: MatrixCell | undefined
  readonly place: Place
  readonly hover: ReturnType<typeof useHoverNote>
}

function Cell({ cell, place, hover }: CellProps) {
  if (!cell) {
    return (
      <span class="matrix-none" title="Not checked">
        –<span class="hidden">not checked</span>
      </span>
    )
  }
  const { report, benchmark, corpus, score } = cell
  const open = { report: report.id, benchmark: benchmark.name, index: corpus.name, line: null }
  if (score.rate === null) {
    return (
      <a
        class="matrix-cell"
        href={writePlace({ ...place, cell: open })}
        {...hover.explain(() => describeCell(cell, place.threshold))}
      >
        short
      </a>
    )
  }
  return (
    <a
      class={`matrix-cell heat-${heatOf(score.rate)}`}
      href={writePlace({ ...place, cell: open })}
      {...hover.explain(() => describeCell(cell, place.threshold))}
    >
      {formatRate(score.rate)}
      <span class="matrix-detail">
        <span>{report.date.slice(0, 10)}</span>{' '}
        <span>{`${formatCount(score.dirty)} of ${formatCount(score.tested)}`}</span>
      </span>
    </a>
  )
}
