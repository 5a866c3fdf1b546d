/** How many traps are found at the price of how many controls? */

const [size, left, top] = [220, 44, 10]

export function RocPlot({ roc }: { roc: readonly number[] }) {
  const x = (share: number) => left + share * size
  const y = (share: number) => top + (1 - share) * size
  const path = roc.map((share, percent) => `${percent === 0 ? 'M' : 'L'}${x(percent / 100)} ${y(share)}`).join('')
  return (
    <svg class="roc-plot" viewBox={`0 0 ${left + size + 16} ${top + size + 44}`} aria-hidden="true">
      <rect class="plot-grid" x={left} y={top} width={size} height={size} />
      <line class="plot-half" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
      <path d={path} />
      <text x={left} y={top + size + 18}>
        0
      </text>
      <text x={left + size} y={top + size + 18} text-anchor="end">
        100 %
      </text>
      <text x={left + size / 2} y={top + size + 36} text-anchor="middle">
        controls found
      </text>
      <text transform={`translate(18 ${top + size / 2}) rotate(-90)`} text-anchor="middle">
        traps found
      </text>
    </svg>
  )
}
