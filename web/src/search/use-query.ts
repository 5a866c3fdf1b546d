/** How does the address follow the query, and the query the address? */
import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { type Query, readQuery, searchPath, writeQuery } from './query.ts'

export type ChangeQuery = (change: Partial<Query>) => void

/** Browsers refuse pages that write the address at every key stroke. */
const settleMs = 250

/** Opening a document makes an entry of the history; typing does not. */
export function useQuery(): readonly [Query, ChangeQuery] {
  const [query, setQuery] = useState<Query>(() => readQuery(location.search))
  useEffect(() => {
    // On its way to another page the address is no query any more.
    const follow = () => location.pathname === searchPath && setQuery(readQuery(location.search))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  // Before painting: the timer of the query before must not write over the address of a document that was just opened.
  useLayoutEffect(() => {
    const timer = setTimeout(() => writeAddress(query, 'replaceState'), settleMs)
    return () => clearTimeout(timer)
  }, [query])
  const change = useCallback((part: Partial<Query>) => {
    setQuery((old) => {
      const query = { ...old, ...part }
      if (query.open !== null && old.open === null) {
        writeAddress(old, 'replaceState')
        writeAddress(query, 'pushState')
      }
      return query
    })
  }, [])
  return [query, change]
}

/** A query that is too long for an address leaves it empty. */
function writeAddress(query: Query, how: 'pushState' | 'replaceState'): void {
  const address = writeQuery(query) ?? searchPath
  if (location.pathname === searchPath && address !== location.pathname + location.search) {
    history[how](history.state, '', address)
  }
}
