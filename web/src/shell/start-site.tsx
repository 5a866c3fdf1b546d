/** How does a page start? Its frame's script calls this; what the server wrote into the frame stays until then. */
import { type ComponentType, render } from 'preact'
import { pageAddress } from '../server/site.ts'
import { findPage, pages } from './pages.ts'
import { Shell } from './shell.tsx'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/components.css'
import '../styles/shell.css'

/** `Page` is the one at `path`. */
export function startSite(path: string, Page: ComponentType): void {
  const root = document.getElementById('app')
  if (!root) return
  const address = pageAddress(path)
  // Such as `index.html`: pages look by their pathname whether they are on show.
  if (location.pathname !== address) history.replaceState(null, '', address + location.search + location.hash)
  root.replaceChildren()
  render(<Shell first={{ entry: findPage(address) ?? pages[0], Page }} />, root)
}
