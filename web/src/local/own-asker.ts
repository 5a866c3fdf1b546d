/** How are the indexes and the checks of the visitor asked where a server answers for the others? */
import { placePageAsker } from '../server/page-asker.ts'
import { askPage, hasOwnIndex } from './page-indexes.ts'

/** Requests that name none but indexes of the visitor, and those about checks in this page, stay in it. */
export function placeOwnAsker(): void {
  placePageAsker({ answers: isAboutOwn, ask: (path, init) => askPage(path, init, async () => null) })
}

function isAboutOwn(path: string): boolean {
  if (path.startsWith('/v1/contamination/reports/private-')) return true
  const names = /^\/v1\/indexes\/([^/?]+)/.exec(path)?.[1]
  if (names === undefined) return false
  return decodeURIComponent(names).split(',').every(hasOwnIndex)
}
