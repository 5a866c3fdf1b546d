/** How does a page start? Its frame's script calls this; what the server wrote into the frame stays until then. */
import { type ComponentType, render } from 'preact'
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
  root.replaceChildren()
  render(<Shell first={{ entry: findPage(path) ?? pages[0], Page }} />, root)
}
