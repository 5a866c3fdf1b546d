/** How far are traps and controls apart in each group, and how sure is that? The table beside it has the numbers. */
import type { DetectionGroup } from './answers.ts'
import { nameGroup } from './separation.ts'

const [width, line, left] = [360, 26, 150]

export function AucPlot({ groups }: { groups: readonly DetectionGroup[] }) {
  const height = groups.length * line
  const x = (auc: number) => left + auc * width
  return (
    <svg class="auc-plot" viewBox={`0 0 ${left + width + 20} ${height + 28}`} aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
        <g key={tick}>
          <line class={tick === 0.5 ? 'plot-half' : 'plot-grid'} x1={x(tick)} x2={x(tick)} y1="0" y2={height} />
          <text x={x(tick)} y={height + 20} text-anchor="middle">
            {tick}
          </text>
        </g>
      ))}
      {groups.map(({ by, value, auc, aucInterval: [low, high] }, at) => (
        <g key={`${by} ${value}`}>
          <text x={left - 12} y={at * line + line / 2 + 4} text-anchor="end">
            {nameGroup({ by, value })}
          </text>
          <line class="plot-range" x1={x(low)} x2={x(high)} y1={at * line + line / 2} y2={at * line + line / 2} />
          <circle cx={x(auc)} cy={at * line + line / 2} r="4.5" />
        </g>
      ))}
    </svg>
  )
}
