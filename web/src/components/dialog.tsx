/** How is something shown above the page until it is closed? */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './button.tsx'

interface DialogProps {
  readonly title: string
  readonly close: () => void
  readonly children: ComponentChildren
  /** For tables and texts beside each other. */
  readonly isWide?: boolean
}

/** Modal: Escape, its button and a click beside it close it, and focus goes back to where it was. */
export function Dialog({ title, close, children, isWide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Focus is given back before painting: later a person may have gone elsewhere by a key.
  useLayoutEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class={isWide ? 'is-wide' : undefined}
      aria-labelledby={titleId}
      onClose={close}
      closedby="any"
    >
      <div class="dialog-body">
        <header>
          <h2 id={titleId}>{title}</h2>
          <Button kind="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
            Close <kbd>Esc</kbd>
          </Button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
