/** How much of the most is it, at a glance? The number stands beside the bar, so the bar is not read out. */

export function ShareBar({ value, most = 1 }: { value: number; most?: number }) {
  return <meter class="share-bar" value={value} min={0} max={Math.max(most, Number.MIN_VALUE)} aria-hidden="true" />
}
