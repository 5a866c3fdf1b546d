/** What do the keys do? */
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { copyText } from '../components/announce.ts'
import { isPageKey, type PageKeys } from '../shell/page-keys.ts'
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
  const { pages, selected, change, box, query, generation } = targets
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
      return () => copyText(makeLink(query, generation), 'Link')
    default:
      return null
  }
}

export const searchKeys: PageKeys = {
  keys: [
    ['/', 'go to the search box'],
    ['j k', 'next, previous result'],
    ['Enter', 'open the result'],
    ['o', 'show more of the document'],
    ['y', 'copy a link to what is shown'],
    ['Esc', 'close, or leave the box'],
    ['?', 'this help'],
  ],
  note: 'The search is byte for byte: case, white space and accents count. Shift + Enter puts a line end into the pattern.',
}

export function useKeys(targets: KeyTargets): void {
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) return leave(targets)
      const isButton = (event.target as HTMLElement).matches('button, a') && event.key === 'Enter'
      const action = !isPageKey(event) || isButton ? null : findAction(event.key, targets)
      if (!action) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', handle)
    return () => removeEventListener('keydown', handle)
  })
}
