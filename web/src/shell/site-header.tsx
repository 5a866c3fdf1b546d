/** What stands above every page? */
import { fileAddress, isStatic, pageAddress } from '../server/site.ts'
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
      <a class="brand" href={pageAddress('/')}>
        <img src={fileAddress('icon.svg')} alt="" width="26" height="26" />
        omnigram
      </a>
      <nav aria-label="Pages">
        {pages.map((page) => (
          <a key={page.path} href={pageAddress(page.path)} aria-current={page.path === path ? 'page' : undefined}>
            {page.label}
          </a>
        ))}
        {!isStatic && <a href="/docs">API</a>}
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
