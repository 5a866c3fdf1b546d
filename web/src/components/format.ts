/** How are quantities written? */

const counts = new Intl.NumberFormat('en-US')
const briefCounts = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

export function formatCount(count: number): string {
  return counts.format(count)
}

/** Three digits and a unit, where the whole number stands beside it or in a title. */
export function formatBriefCount(count: number): string {
  return briefCounts.format(count)
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const value = bytes / 1000 ** at
  return `${value < 10 && at > 0 ? value.toFixed(1) : Math.round(value)} ${units[at]}`
}

/** `share` from 0 to 1. A share that is not zero is never written as zero, nor one short of all as all. */
export function formatShare(share: number): string {
  const percent = 100 * share
  if (percent > 0 && percent < 0.1) return '< 0.1 %'
  if (percent < 100 && percent > 99.9) return '> 99.9 %'
  return `${percent.toFixed(percent < 10 || percent > 99 ? 1 : 0)} %`.replace('.0 %', ' %')
}
