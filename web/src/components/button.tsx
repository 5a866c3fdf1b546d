/** What does a button look like? `solid` for the one thing to do, `quiet` beside it, `plain` within text. */
import type { ComponentProps } from 'preact'

interface ButtonProps extends Omit<ComponentProps<'button'>, 'class'> {
  readonly kind?: 'solid' | 'quiet' | 'plain'
}

export function Button({ kind = 'quiet', type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} class={kind === 'plain' ? 'plain' : `button is-${kind}`} />
}
