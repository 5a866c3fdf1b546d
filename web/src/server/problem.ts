/** What can the page say of a request that failed? */

/** A problem as the server tells it (RFC 9457), or one that the page found itself. */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly title: string,
    readonly detail: string,
    readonly hint: string,
    /** Code of the error registry; null where the server did not speak. */
    readonly code: string | null = null,
  ) {
    super(title)
  }
}

/** Whatever was thrown, as something that can be shown. */
export function toProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem('The page failed.', String(thrown), 'Reload it.')
}
