/** Where do the pages lie: at the root of a server, or in some folder of a file host? */

/** Named by the pages that `omnigram export-static` writes. */
export const isStatic = globalThis.document?.querySelector('meta[name="omnigram-static"]') != null

/** Pathname of the folder of the pages, with a slash at its end. */
const folder = isStatic ? new URL('.', document.baseURI).pathname : '/'

/** The pathname of the page at `path`, such as `/bulletin`; a file host serves it as a file. */
export function pageAddress(path: string): string {
  if (!isStatic) return path
  return path === '/' ? folder : `${folder}${path.slice(1)}.html`
}

/** The path of the page at a pathname. */
export function pagePath(pathname: string): string {
  if (!isStatic) return pathname
  if (pathname === `${folder}index.html`) return '/'
  return pathname.startsWith(folder) ? `/${pathname.slice(folder.length).replace(/\.html$/, '')}` : ''
}

/** The pathname of a file that lies beside the pages. */
export function fileAddress(name: string): string {
  return folder + name
}
