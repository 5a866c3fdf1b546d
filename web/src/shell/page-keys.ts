/** Which keys does the page on show know? The frame lists them on `?`. */
import { createContext } from 'preact'
import { useContext, useEffect } from 'preact/hooks'

export interface PageKeys {
  /** Key and what it does. */
  readonly keys: readonly (readonly [string, string])[]
  /** What else helps to use the page. */
  readonly note: string
}

export interface KeySheet {
  readonly show: (keys: PageKeys | null) => void
  readonly open: () => void
}

export const KeySheetContext = createContext<KeySheet>({ show: () => undefined, open: () => undefined })

/** Names the keys of a page for as long as it is on show; `keys` is the same object at every render. */
export function usePageKeys(keys: PageKeys): KeySheet {
  const sheet = useContext(KeySheetContext)
  useEffect(() => {
    sheet.show(keys)
    return () => sheet.show(null)
  }, [sheet, keys])
  return sheet
}

/** Whether a key stroke is for the page: not for a field, a menu of the browser or an open dialog. */
export function isPageKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false
  const element = event.target as HTMLElement
  return !element.matches('textarea, input, select') && document.querySelector('dialog[open]') === null
}
