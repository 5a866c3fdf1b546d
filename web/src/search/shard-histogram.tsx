/** Where in the corpus do they stand? A bar a shard, in the order in which the corpus was read. */
import { formatCount } from '../components/format.ts'

const heightUnits = 40
const barUnits = 4

/** More shards than this share bars; fewer bars than this leave room at the end. */
const maxBars = 60
const minBars = 16

export function ShardHistogram({ counts }: { counts: readonly number[] }) {
  const bars = groupCounts(counts)
  const most = Math.max(1, ...bars)
  const at = bars.indexOf(most)
  const spread = `${formatCount(counts.length)} shards, ${formatCount(counts.filter((count) => count > 0).length)} of them with occurrences`
  return (
    <figure class="histogram">
      <figcaption>
        along the corpus <small>{spread}</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${Math.max(bars.length, minBars) * barUnits} ${heightUnits}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${spread}; most, ${formatCount(most)}, in part ${at + 1} of ${bars.length}`}
      >
        {bars.map((count, bar) => {
          const height = count === 0 ? 0 : Math.max(1, (heightUnits * count) / most)
          // Bars have no name but their place.
          return (
            <rect
              key={`bar ${bar}`}
              x={bar * barUnits + 0.5}
              y={heightUnits - height}
              width={barUnits - 1}
              height={height}
            >
              <title>{formatCount(count)}</title>
            </rect>
          )
        })}
      </svg>
    </figure>
  )
}

/** As many sums of neighbours as there may be bars. */
export function groupCounts(counts: readonly number[]): number[] {
  const size = Math.ceil(counts.length / maxBars)
  const groups: number[] = []
  for (const [at, count] of counts.entries()) {
    const group = Math.floor(at / size)
    groups[group] = (groups[group] ?? 0) + count
  }
  return groups
}
