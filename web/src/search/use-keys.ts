/** What do the keys do? */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { isPageKey, type PageKeys } from '../shell/page-keys.ts'
import { copyLink } from './copy-menu.tsx'
import { placeOf } from './hits.ts'
import type { Query } from './query.ts'
import type { Pages } from './use-pages.ts'
import type { ChangeQuery } from './use-query.ts'

export const searchKeys: PageKeys = {
  keys: [
    ['/', 'go to the search box'],
    ['j k', 'next, previous result'],
    ['Enter', 'open the result; in the box, go to the first one'],
    ['o', 'show more of the document'],
    ['n p', 'next, previous match in the document'],
    ['y', 'copy a link to what is shown'],
    ['Esc', 'close the document, or leave the box'],
    ['?', 'this help'],
  ],
  note: 'The search is byte for byte: case, white space and accents count. Shift + Enter puts a line end into the pattern.',
}

interface KeyTargets {
  readonly query: Query
  readonly change: ChangeQuery
  readonly pages: Pages
  readonly selected: number
  readonly select: (at: number) => void
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly generation: string | null
}

function move(by: number, { pages, selected, select, query, change }: KeyTargets): void {
  const at = Math.min(Math.max(selected + by, 0), pages.hits.length - 1)
  if (at < 0) return
  select(at)
  if (query.open) change({ open: placeOf(pages.hits[at]) })
  if (at >= pages.hits.length - 3) pages.loadMore()
}

function leave({ query, change, box }: KeyTargets): void {
  if (query.open) change({ open: null })
  else box.current?.blur()
}

/** Told to the reader, which alone knows what it shows. */
export const readerEvents = { o: 'omnigram:widen', n: 'omnigram:next-match', p: 'omnigram:previous-match' } as const

/** The action of a key outside of fields, or null. */
function findAction(key: string, targets: KeyTargets): (() => unknown) | null {
  const { pages, selected, change, box, query, generation } = targets
  const hit = pages.hits[selected]
  switch (key) {
    case '/':
      return () => box.current?.select()
    case 'j':
      return () => move(1, targets)
    case 'k':
      return () => move(-1, targets)
    case 'Enter':
      return hit ? () => change({ open: placeOf(hit) }) : null
    case 'y':
      return () => copyLink(query, generation)
    case 'o':
    case 'n':
    case 'p':
      return () => dispatchEvent(new Event(readerEvents[key]))
    default:
      return null
  }
}

export function useKeys(targets: KeyTargets): void {
  // Read at the stroke: effects run after painting, and strokes may come faster.
  const latest = useRef(targets)
  latest.current = targets
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) return leave(latest.current)
      const isPressed = (event.target as HTMLElement).matches('button, a, summary') && event.key === 'Enter'
      const action = !isPageKey(event) || isPressed ? null : findAction(event.key, latest.current)
      if (!action) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', handle)
    return () => removeEventListener('keydown', handle)
  }, [])
}
