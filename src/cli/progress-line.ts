/** How far is a build? One line, rewritten. */
import type { BuildProgress } from '../build/build-options.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'

export function formatProgress(progress: BuildProgress): string {
  const { phase, share, documents, textBytes, bytesPerSecond, etaMs, shardsDone, shardsPlanned } = progress
  const parts = [
    `${phase.padEnd(7)} ${(100 * share).toFixed(0).padStart(3)} %`,
    `${formatCount(documents)} documents`,
    formatBytes(textBytes),
    `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`,
    `shard ${Math.min(shardsDone + 1, Math.max(shardsPlanned, 1))}/${Math.max(shardsPlanned, 1)}`,
  ]
  if (etaMs !== null) parts.push(`ETA ${formatDuration(etaMs)}`)
  return parts.join(' · ')
}
