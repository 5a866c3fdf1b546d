/** How far is a long work? */

interface ProgressBarProps {
  readonly label: string
  /** From 0 to 1; null while nobody knows. */
  readonly share: number | null
  /** Rate, time left: what stands beside the bar. */
  readonly detail?: string
}

export function ProgressBar({ label, share, detail }: ProgressBarProps) {
  return (
    <div class="progress-bar">
      <p>
        <span>{label}</span>
        {detail && <span class="hint">{detail}</span>}
      </p>
      <progress aria-label={label} value={share ?? undefined} max={1} />
    </div>
  )
}
