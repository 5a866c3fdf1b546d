/** Which page is shown? The one of the address, once its code is there; the one before stays until then. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../server/problem.ts'
import { findPage, type PageEntry } from './pages.ts'

export interface LoadedPage {
  readonly entry: PageEntry
  readonly Page: ComponentType
}

export interface PageState extends LoadedPage {
  /** Another page is on its way. */
  readonly isLoading: boolean
  readonly problem: Problem | null
}

/** Throws {@link Problem} when the code of the page does not come. */
export async function loadPage(entry: PageEntry): Promise<LoadedPage> {
  try {
    return { entry, Page: await entry.load() }
  } catch (error) {
    const hint = 'Reload it: the server may have been updated, or may have stopped.'
    throw new Problem('The page could not be loaded.', String(error), hint)
  }
}

export function usePage(first: LoadedPage): PageState {
  const [state, setState] = useState<PageState>({ ...first, isLoading: false, problem: null })
  useEffect(() => {
    let path = first.entry.path
    const follow = async () => {
      const entry = findPage(location.pathname)
      if (!entry || entry.path === path) return
      path = entry.path
      setState((old) => ({ ...old, isLoading: true, problem: null }))
      try {
        const loaded = await loadPage(entry)
        if (path === entry.path) setState({ ...loaded, isLoading: false, problem: null })
      } catch (error) {
        if (path === entry.path) setState((old) => ({ ...old, isLoading: false, problem: error as Problem }))
      }
    }
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  return state
}
