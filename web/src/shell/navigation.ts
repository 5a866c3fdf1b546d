/** How does one get from page to page without loading the frame again? */
import { findPage } from './pages.ts'

/** Goes to an address of this site, as a link would. */
function goTo(address: string): void {
  history.pushState(null, '', address)
  // Pages read the address when it changes, whoever changed it.
  dispatchEvent(new PopStateEvent('popstate'))
}

/** Takes over clicks on links that lead to a page of ours; all others are the browser's. */
export function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link?.target !== '' || link.hasAttribute('download')) return
  const address = new URL(link.href, location.href)
  const isHere = address.pathname === location.pathname && address.search === location.search
  if (address.origin !== location.origin || findPage(address.pathname) === null) return
  if (isHere && address.hash !== '') return
  event.preventDefault()
  goTo(address.pathname + address.search + address.hash)
}
