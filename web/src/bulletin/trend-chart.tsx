/** How does the dirty rate of a benchmark go from one dated corpus to the next? */
import { Dialog } from '../components/dialog.tsx'
import type { MatrixCell, MatrixRow } from './matrix.ts'
import { formatInterval, formatRate } from './score.ts'

export interface TrendPoint {
  readonly name: string
  readonly date: string
  /** Years, for the place on the axis. */
  readonly time: number
  readonly rate: number
  readonly interval: readonly [number, number]
}

/** The cells of a row on dated corpora, the oldest first. */
export function listPoints({ cells }: MatrixRow): TrendPoint[] {
  return [...cells.values()].flatMap((cell) => readPoint(cell) ?? []).sort((a, b) => a.time - b.time)
}

function readPoint({ corpus: { name, corpusDate }, score }: MatrixCell): TrendPoint | null {
  const { rate, interval } = score
  const time = corpusDate === null ? Number.NaN : Date.parse(corpusDate)
  if (corpusDate === null || rate === null || Number.isNaN(time)) return null
  return { name, date: corpusDate, time, rate, interval: interval ?? [rate, rate] }
}

interface Scale {
  readonly x: (time: number) => number
  readonly y: (rate: number) => number
}

function makeScale(points: readonly TrendPoint[], width: number, height: number, top: number): Scale {
  const [first, last] = [points[0].time, points[points.length - 1].time]
  const span = Math.max(last - first, 1)
  return { x: (time) => ((time - first) / span) * width, y: (rate) => height - (rate / top) * height }
}

function drawLine(points: readonly TrendPoint[], { x, y }: Scale): string {
  return points
    .map(({ time, rate }, at) => `${at === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(rate).toFixed(1)}`)
    .join('')
}

/** Small enough for a row; the numbers are in the cells beside it. */
export function TrendLine({ row, open }: { row: MatrixRow; open: () => void }) {
  const points = listPoints(row)
  if (points.length < 2) return null
  const scale = makeScale(points, 72, 20, Math.max(...points.map(({ rate }) => rate), 0.01))
  const last = points[points.length - 1]
  return (
    <button type="button" class="trend-line" onClick={open} aria-label={`Trend of ${row.benchmark.name}`}>
      <svg viewBox="-4 -4 80 28" width="80" height="28" aria-hidden="true">
        <path d={drawLine(points, scale)} />
        <circle cx={scale.x(last.time)} cy={scale.y(last.rate)} r="2.5" />
      </svg>
    </button>
  )
}

const [width, height] = [560, 220]

/** A border above all points: 1, 2 or 5 times a power of ten. */
function roundUp(rate: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rate, 0.001)))
  return Math.min(1, [1, 2, 5, 10].map((step) => step * power).find((border) => border >= rate) ?? 1)
}

export function TrendDialog({ row, threshold, close }: { row: MatrixRow; threshold: number; close: () => void }) {
  const points = listPoints(row)
  return (
    <Dialog title={`${row.benchmark.name} over time`} close={close} isWide>
      <p class="hint">
        Share of items that are dirty from {threshold} % of their windows, by the date of the corpus; the bars are 95 %
        intervals.
      </p>
      {points.length > 1 && <TrendChart points={points} />}
      <table class="data-table">
        <caption class="hidden">The same numbers</caption>
        <thead>
          <tr>
            <th scope="col">Corpus</th>
            <th scope="col">Date</th>
            <th scope="col" class="is-number">
              Dirty
            </th>
            <th scope="col" class="is-number">
              95 % interval
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ name, date, rate, interval }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{date}</td>
              <td class="is-number">{formatRate(rate)}</td>
              <td class="is-number">{formatInterval(interval)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  )
}

function TrendChart({ points }: { points: readonly TrendPoint[] }) {
  const top = roundUp(Math.max(...points.map(({ interval }) => interval[1])))
  const scale = makeScale(points, width, height, top)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top)
  return (
    <svg class="trend-chart" viewBox={`-56 -12 ${width + 112} ${height + 48}`} aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <line class="trend-grid" x1="0" x2={width} y1={scale.y(tick)} y2={scale.y(tick)} />
          <text x="-8" y={scale.y(tick) + 4} text-anchor="end">
            {formatRate(tick)}
          </text>
        </g>
      ))}
      <path d={drawLine(points, scale)} />
      {points.map(({ name, date, time, rate, interval: [low, high] }, at) => (
        <g key={name}>
          <line class="trend-interval" x1={scale.x(time)} x2={scale.x(time)} y1={scale.y(low)} y2={scale.y(high)} />
          <circle cx={scale.x(time)} cy={scale.y(rate)} r="4" />
          {(at === 0 || at === points.length - 1) && (
            <text x={scale.x(time)} y={height + 22} text-anchor="middle">
              {date}
            </text>
          )}
        </g>
      ))}
    </svg>
  )
}
