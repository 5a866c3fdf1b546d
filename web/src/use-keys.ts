/** What do the keys do? */
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { makeLink } from './copy-menu.tsx'
import type { Query } from './query.ts'
import { placeOf } from './result-list.tsx'
import type { Pages } from './use-pages.ts'
import type { ChangeQuery } from './use-query.ts'

interface KeyTargets {
  readonly query: Query
  readonly change: ChangeQuery
  readonly pages: Pages
  readonly selected: number
  readonly setSelected: (at: number) => void
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly isHelpOpen: boolean
  readonly setHelpOpen: (isOpen: boolean) => void
  readonly generation: string | null
}

function move(by: number, { pages, selected, setSelected, query, change }: KeyTargets): void {
  const at = Math.min(Math.max(selected + by, 0), pages.occurrences.length - 1)
  if (at < 0) return
  setSelected(at)
  if (query.open) change({ open: placeOf(pages.occurrences[at]) })
  if (at >= pages.occurrences.length - 3) pages.loadMore()
}

function leave({ query, change, box }: KeyTargets): void {
  if (query.open) change({ open: null })
  else box.current?.blur()
}

/** The action of a key outside of the search box, or null. */
function findAction(key: string, targets: KeyTargets): (() => void) | null {
  const { pages, selected, change, box, setHelpOpen, query, generation } = targets
  const occurrence = pages.occurrences[selected]
  switch (key) {
    case '/':
      return () => box.current?.select()
    case 'j':
      return () => move(1, targets)
    case 'k':
      return () => move(-1, targets)
    case 'Enter':
      return occurrence ? () => change({ open: placeOf(occurrence) }) : null
    case 'o':
      return () => dispatchEvent(new Event('omnigram:widen'))
    case 'y':
      return () => navigator.clipboard.writeText(makeLink(query, generation))
    case '?':
      return () => setHelpOpen(true)
    default:
      return null
  }
}

export function useKeys(targets: KeyTargets): void {
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || targets.isHelpOpen) return
      if (event.key === 'Escape') return leave(targets)
      const element = event.target as HTMLElement
      const isTyping = element.matches('textarea, input, select')
      const isButton = element.matches('button, a') && event.key === 'Enter'
      const action = isTyping || isButton ? null : findAction(event.key, targets)
      if (!action) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', handle)
    return () => removeEventListener('keydown', handle)
  })
}
