/** Which pages are there, and under which addresses? The server serves the same ones (`src/api/web-pages.ts`). */
import type { ComponentType } from 'preact'
import { isStatic, pagePath } from '../server/site.ts'

export interface PageEntry {
  readonly path: string
  /** In the navigation. */
  readonly label: string
  /** Of the window; a page may set a better one. */
  readonly title: string
  /** Whether files alone answer it, without a server. */
  readonly worksStatic?: boolean
  /** Loaded with its styles when the page is first opened. */
  readonly load: () => Promise<ComponentType>
}

const allPages: readonly PageEntry[] = [
  {
    path: '/',
    label: 'Search',
    title: 'omnigram: exact search',
    worksStatic: true,
    load: async () => (await import('../search/search-page.tsx')).SearchPage,
  },
  {
    path: '/trace',
    label: 'Trace',
    title: 'Trace a text · omnigram',
    load: async () => (await import('../trace/trace-page.tsx')).TracePage,
  },
  {
    path: '/traps',
    label: 'Traps',
    title: 'Copyright traps · omnigram',
    load: async () => (await import('../traps/traps-page.tsx')).TrapsPage,
  },
  {
    path: '/bulletin',
    label: 'Bulletin',
    title: 'Benchmark contamination · omnigram',
    worksStatic: true,
    load: async () => (await import('../bulletin/bulletin-page.tsx')).BulletinPage,
  },
  {
    path: '/drafts',
    label: 'Drafts',
    title: 'Drafts · omnigram',
    load: async () => (await import('../drafts/drafts-page.tsx')).DraftsPage,
  },
]

/** Those that are offered here. */
export const pages = isStatic ? allPages.filter(({ worksStatic }) => worksStatic) : allPages

/** The page at a pathname; null for what is none of ours, such as `/docs`. */
export function findPage(pathname: string): PageEntry | null {
  const path = pagePath(pathname)
  return pages.find((page) => page.path === path) ?? null
}
