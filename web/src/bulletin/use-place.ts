/** How does the address follow what is shown, and what is shown the address? */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { bulletinPath, type Place, readPlace, writePlace } from './place.ts'

export type ChangePlace = (change: Partial<Place>) => void

/** What is opened makes an entry of the history, so that Back closes it; a moved slider does not. */
export function usePlace(): readonly [Place, ChangePlace] {
  const [place, setPlace] = useState<Place>(() => readPlace(location.search, location.hash))
  useEffect(() => {
    // On its way to another page the address is no place of this one any more.
    const follow = () => location.pathname === bulletinPath && setPlace(readPlace(location.search, location.hash))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const change = useCallback((part: Partial<Place>) => {
    const old = readPlace(location.search, location.hash)
    const next = { ...old, ...part }
    const address = writePlace(next)
    if (address !== location.pathname + location.search + location.hash) {
      history[isOpening(old, next) ? 'pushState' : 'replaceState'](null, '', address)
    }
    setPlace(next)
  }, [])
  return [place, change]
}

function isOpening(old: Place, next: Place): boolean {
  const { cell, trend, check, table } = next
  const opensItem = cell !== null && (old.cell === null || old.cell.line !== cell.line)
  return opensItem || (trend !== null && trend !== old.trend) || check !== old.check || table !== old.table
}
