/** How do the pages of `web/` reach a browser? Each address of a page gets the frame, and in it what can be read without script. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import compression from 'compression'
import express, { type Express, type Request, type Response } from 'express'
import { pageHeaders } from './http/security-headers.js'
import { hasEntity, sendPayload } from './http/send.js'
import { refuseMethod } from './mount-route.js'

export interface WebPage {
  /** The same as in `web/src/shell/pages.ts`. */
  readonly path: string
  /** HTML file of the page as it was built. */
  readonly frame: string
  /** HTML that stands in the frame until the page has started; all text in it is escaped. */
  readonly content: () => string | Promise<string>
  /** Methods of other routes at this path; `GET` and `HEAD` when absent. */
  readonly methods?: readonly string[]
}

/** What the search page says to who has no script. */
export const searchPage: WebPage = {
  path: '/',
  frame: 'index.html',
  content: () =>
    '<noscript><p>This page searches by script. The same answers come from the <a href="/docs">HTTP API</a>.</p></noscript>',
  methods: ['GET', 'HEAD', 'POST'],
}

/** What the page of drafts says to who has no script. */
export const draftsPage: WebPage = {
  path: '/drafts',
  frame: 'drafts.html',
  content: () =>
    '<noscript><p>This page writes by script. The same comes from the <a href="/docs">HTTP API</a> and from <code>omnigram complete</code>.</p></noscript>',
}

/** What the trace page says to who has no script. */
export const tracePage: WebPage = {
  path: '/trace',
  frame: 'trace.html',
  content: () =>
    '<noscript><p>This page traces a text by script. The same answers come from the <a href="/docs">HTTP API</a>.</p></noscript>',
}

/** What the trap page says to who has no script. */
export const trapsPage: WebPage = {
  path: '/traps',
  frame: 'traps.html',
  content: () =>
    '<noscript><p>This page looks for traps by script. The same answers come from the <a href="/docs">HTTP API</a>.</p></noscript>',
}

/** The pages as they were built. */
export const webDir = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** Where the pages are not built, the root leads to the reference. */
export function mountWebPages(app: Express, pages: readonly WebPage[]): void {
  if (existsSync(join(webDir, searchPage.frame))) {
    for (const page of pages) {
      const frame = readFileSync(join(webDir, page.frame), 'utf8')
      app.get(page.path, (request, response) => sendPage(request, response, frame, page))
    }
    app.use(serveFiles())
  } else app.get('/', (_request, response) => response.redirect('/docs'))
  for (const { path, methods = ['GET', 'HEAD'] } of pages) {
    app.all(path, (request, response) => refuseMethod(request, response, methods))
  }
}

async function sendPage(request: Request, response: Response, frame: string, page: WebPage): Promise<void> {
  const html = fillFrame(frame, await page.content())
  const tag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 27)}"`
  response.setHeaders(pageHeaders)
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.setHeader('Cache-Control', 'no-cache')
  response.setHeader('ETag', tag)
  response.setHeader('Vary', 'Accept-Encoding')
  if (hasEntity(request, tag)) response.status(304).end()
  else sendPayload(request, response, html)
}

/** A function as the replacement, since `$` means something in a string. */
export function fillFrame(frame: string, content: string): string {
  return frame.replace('<!--page-->', () => content)
}

/** Text as it stands in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character])
}

/** What is under `assets/` carries a hash in its name and never changes; the rest is asked for again. */
function serveFiles() {
  const files = express.Router()
  files.use(compression({ threshold: 1024 }))
  files.use(
    express.static(webDir, {
      index: false,
      redirect: false,
      setHeaders: (response, path) => {
        response.setHeaders(pageHeaders)
        const isHashed = path.startsWith(join(webDir, 'assets'))
        response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    }),
  )
  return files
}
