/** How does the address follow the query, and the query the address? */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Query, readQuery, searchPath, writeQuery } from './query.ts'

export type ChangeQuery = (change: Partial<Query>) => void

/** Opening a document makes an entry of the history; typing does not. */
export function useQuery(): readonly [Query, ChangeQuery] {
  const [query, setQuery] = useState<Query>(() => readQuery(location.search))
  useEffect(() => {
    // On its way to another page the address is no query any more.
    const follow = () => location.pathname === searchPath && setQuery(readQuery(location.search))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const change = useCallback((part: Partial<Query>) => {
    setQuery((old) => {
      const query = { ...old, ...part }
      const address = writeQuery(query)
      const opens = query.open !== null && old.open === null
      if (address !== location.pathname + location.search) {
        history[opens ? 'pushState' : 'replaceState'](null, '', address)
      }
      return query
    })
  }, [])
  return [query, change]
}
