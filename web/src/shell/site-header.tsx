/** What stands above every page? */
import { pages } from './pages.ts'
import { ThemeSwitch } from './theme-switch.tsx'

interface SiteHeaderProps {
  /** Path of the page on show. */
  readonly path: string
  /** Null where the page has no keys. */
  readonly openKeys: (() => void) | null
}

export function SiteHeader({ path, openKeys }: SiteHeaderProps) {
  return (
    <header class="site-header">
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" width="26" height="26" />
        omnigram
      </a>
      <nav aria-label="Pages">
        {pages.map((page) => (
          <a key={page.path} href={page.path} aria-current={page.path === path ? 'page' : undefined}>
            {page.label}
          </a>
        ))}
        <a href="/docs">API</a>
      </nav>
      <div class="site-tools">
        {openKeys && (
          <button type="button" class="icon-button" aria-label="Keys" title="Keys of this page" onClick={openKeys}>
            <kbd>?</kbd>
          </button>
        )}
        <ThemeSwitch />
      </div>
    </header>
  )
}
