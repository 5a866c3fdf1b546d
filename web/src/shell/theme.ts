/** Light or dark? What the system says, until a person chooses; `public/theme.js` applies the choice before the first paint. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageKey = 'omnigram.theme'

function readTheme(): Theme {
  const stored = localStorage.getItem(storageKey)
  return themes.find((theme) => theme === stored) ?? 'system'
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The choice, the same in all windows. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(readTheme)
  useLayoutEffect(() => applyTheme(theme), [theme])
  useEffect(() => {
    const follow = (event: StorageEvent) => event.key === storageKey && setTheme(readTheme())
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [])
  const choose = (chosen: Theme) => {
    localStorage.setItem(storageKey, chosen)
    setTheme(chosen)
  }
  return [theme, choose]
}
