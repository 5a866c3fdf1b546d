/** Who answers in place of the server? Indexes in the page, once there are some; on a static site all is answered there. */
import { isStatic } from './site.ts'

export interface PageAsker {
  /** Whether the indexes in the page answer a request to this path. */
  answers(path: string): boolean
  /** As `fetch`. */
  ask(path: string, init: RequestInit): Promise<Response>
}

let asker: PageAsker | null = null

/** Called with the first index in the page. */
export function placePageAsker(placed: PageAsker): void {
  asker = placed
}

/** Null where the server is asked. */
export async function findPageAsker(path: string): Promise<PageAsker | null> {
  if (isStatic && asker === null) placePageAsker((await import('../local/static-site.ts')).staticSite)
  return asker?.answers(path) ? asker : null
}
