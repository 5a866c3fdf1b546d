/** How is a choice switched on and off? */
import type { ComponentChildren } from 'preact'

interface ChipProps {
  readonly children: ComponentChildren
  readonly isOn: boolean
  readonly toggle: () => void
  readonly title?: string
}

export function Chip({ children, isOn, toggle, title }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={isOn} title={title} onClick={toggle}>
      {children}
    </button>
  )
}
