/** How is a number explained while it is pointed at or has the focus? */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

interface Note {
  readonly anchor: HTMLElement
  readonly lines: readonly string[]
}

export interface HoverNote {
  /** For the element that is explained: handlers, and what it is described by. */
  explain(lines: () => readonly string[]): {
    readonly 'aria-describedby': string
    readonly onMouseEnter: (event: MouseEvent) => void
    readonly onMouseLeave: () => void
    readonly onFocus: (event: FocusEvent) => void
    readonly onBlur: () => void
  }
  readonly note: Note | null
  readonly close: () => void
  readonly keepOpen: () => void
}

export const noteId = 'hover-note'

/** Time to get from the number to the note without losing it. */
const leaveMs = 120

export function useHoverNote(): HoverNote {
  const [note, setNote] = useState<Note | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const keepOpen = useCallback(() => clearTimeout(timer.current), [])
  const close = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setNote(null), leaveMs)
  }, [])
  useEffect(() => {
    const dismiss = (event: KeyboardEvent) => event.key === 'Escape' && setNote(null)
    addEventListener('keydown', dismiss)
    return () => {
      removeEventListener('keydown', dismiss)
      clearTimeout(timer.current)
    }
  }, [])
  const explain = (lines: () => readonly string[]) => {
    const open = (event: Event) => {
      clearTimeout(timer.current)
      setNote({ anchor: event.currentTarget as HTMLElement, lines: lines() })
    }
    return { 'aria-describedby': noteId, onMouseEnter: open, onMouseLeave: close, onFocus: open, onBlur: close }
  }
  return { explain, note, close, keepOpen }
}

/** Stands under the number, or above it where there is no room. */
export function HoverNoteBox({ note, keepOpen, close }: Pick<HoverNote, 'note' | 'keepOpen' | 'close'>) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (!note || !box.current) return
    const { left, top, bottom } = note.anchor.getBoundingClientRect()
    const { offsetWidth, offsetHeight, style } = box.current
    const isAbove = bottom + offsetHeight + 8 > innerHeight && top > offsetHeight + 8
    style.left = `${Math.max(8, Math.min(left, document.documentElement.clientWidth - offsetWidth - 8))}px`
    style.top = `${isAbove ? top - offsetHeight - 6 : bottom + 6}px`
  }, [note])
  return (
    <div
      ref={box}
      id={noteId}
      role="tooltip"
      class={note ? 'hover-note' : 'hover-note is-closed'}
      onMouseEnter={keepOpen}
      onMouseLeave={close}
    >
      {note?.lines.map((line, at) => (at === 0 ? <strong key={line}>{line}</strong> : <p key={line}>{line}</p>))}
    </div>
  )
}
