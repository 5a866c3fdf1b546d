/** Is the window as wide as a layout needs? */
import { useEffect, useState } from 'preact/hooks'

export function useMedia(condition: string): boolean {
  const [doesMatch, setMatch] = useState(() => matchMedia(condition).matches)
  useEffect(() => {
    const media = matchMedia(condition)
    const follow = () => setMatch(media.matches)
    media.addEventListener('change', follow)
    return () => media.removeEventListener('change', follow)
  }, [condition])
  return doesMatch
}
