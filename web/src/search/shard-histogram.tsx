/** Where in the corpus do they stand? A bar a shard, in the order in which the corpus was read. */
import { formatCount } from '../components/format.ts'
import { groupCounts } from './group-counts.ts'

const heightUnits = 40
const barUnits = 4

/** Fewer bars than this leave room at the end. */
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
