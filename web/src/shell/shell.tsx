/** What is the same on every page? The header, what a page says in passing, the note at the foot. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Toasts } from '../components/toasts.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import { followLink } from './navigation.ts'
import { isPageKey, type KeySheet, KeySheetContext, type PageKeys } from './page-keys.ts'
import { SiteHeader } from './site-header.tsx'
import { type LoadedPage, usePage } from './use-page.ts'

export function Shell({ first }: { first: LoadedPage }) {
  const { entry, Page, isLoading, problem } = usePage(first)
  const [keys, setKeys] = useState<PageKeys | null>(null)
  const [areKeysOpen, setKeysOpen] = useState(false)
  const sheet = useMemo<KeySheet>(() => ({ show: setKeys, open: () => setKeysOpen(true) }), [])
  const main = useRef<HTMLElement>(null)
  const shownPath = useRef(entry.path)

  useEffect(() => {
    addEventListener('click', followLink)
    return () => removeEventListener('click', followLink)
  }, [])
  useEffect(() => {
    if (keys === null) return
    const open = (event: KeyboardEvent) => {
      if (event.key !== '?' || !isPageKey(event)) return
      event.preventDefault()
      setKeysOpen(true)
    }
    addEventListener('keydown', open)
    return () => removeEventListener('keydown', open)
  }, [keys])
  useLayoutEffect(() => {
    if (shownPath.current === entry.path) return
    shownPath.current = entry.path
    document.title = entry.title
    // Who works by keys or by ear begins at the new page, not at the link that led there.
    main.current?.focus()
    scrollTo(0, 0)
  }, [entry])

  return (
    <KeySheetContext.Provider value={sheet}>
      <a class="skip-link" href="#main">
        Skip to the page
      </a>
      <div class="site" data-page={entry.path} aria-busy={isLoading}>
        <SiteHeader path={entry.path} openKeys={keys && sheet.open} />
        <main id="main" tabIndex={-1} ref={main}>
          {problem ? <ProblemNotice problem={problem} /> : <Page />}
        </main>
        <footer class="site-footer">
          Corpora hold what people wrote, offensive and personal text too. Counts are exact; overlapping occurrences all
          count.
        </footer>
      </div>
      {areKeysOpen && keys && <KeysDialog keys={keys} close={() => setKeysOpen(false)} />}
      <Toasts />
    </KeySheetContext.Provider>
  )
}
