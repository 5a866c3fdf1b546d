/** Who answers on a static site? The worker of the page, from files beside the pages. */
import type { SourceCost } from '../../../src/browser/page-site.ts'
import type { PageAsker } from '../server/page-asker.ts'
import { Problem } from '../server/problem.ts'
import { fileAddress } from '../server/site.ts'
import { askPage, describeFailure, site } from './page-indexes.ts'

/** What `omnigram export-static` writes into `static.json`. */
interface SiteFile {
  readonly indexes: readonly { readonly name: string; readonly path: string }[]
  /** Folder of the contamination reports. */
  readonly reports: string
}

let siteFile: Promise<SiteFile> | null = null
const openings = new Map<string, Promise<unknown>>()

export const staticSite: PageAsker = {
  answers: () => true,

  async ask(path, init) {
    const { indexes } = await readSite()
    const problems = await openIndexes()
    const response = await askPage(path, init, () => sumCosts(indexes.map(({ name }) => name)))
    if (path !== '/v1/indexes' || problems.length === 0) return response
    return Response.json({ ...(await response.json()), problems })
  },
}

/** Asked again after a failure. */
function readSite(): Promise<SiteFile> {
  siteFile ??= fetchSite().catch((error: unknown) => {
    siteFile = null
    throw error
  })
  return siteFile
}

async function fetchSite(): Promise<SiteFile> {
  const address = fileAddress('static.json')
  const hint = 'Look whether all files that were exported lie on the host.'
  const response = await fetch(address, { cache: 'no-cache' }).catch((error: unknown) => {
    throw new Problem('The site can’t be read.', `${address}: ${String(error)}`, hint)
  })
  const file = response.ok ? await response.json().catch(() => null) : null
  if (!Array.isArray(file?.indexes)) {
    throw new Problem('The site can’t be read.', `${address}: the host answers ${response.status}.`, hint)
  }
  await site.placeReports(toUrl(file.reports))
  return file
}

/** Opens what is not open yet; what is wrong with those that can't be opened, which are tried again the next time. */
async function openIndexes(): Promise<Problem[]> {
  const { indexes } = await readSite()
  const outcomes = await Promise.allSettled(indexes.map(({ name, path }) => openIndex(name, path)))
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Problem] : []))
}

function openIndex(name: string, path: string): Promise<unknown> {
  const opening =
    openings.get(name) ??
    site.open(toUrl(path), name).catch((error: unknown) => {
      openings.delete(name)
      throw describeFailure(error)
    })
  openings.set(name, opening)
  return opening
}

/** The worker lies elsewhere, so it gets whole addresses. */
function toUrl(path: string): string {
  return new URL(fileAddress(path), location.href).href
}

async function sumCosts(names: readonly string[]): Promise<SourceCost | null> {
  const open = names.filter((name) => openings.has(name))
  const costs = await Promise.all(open.map((name) => site.readCost(name).catch(() => null)))
  const sum = (read: (cost: SourceCost) => number) => costs.reduce((all, cost) => all + (cost ? read(cost) : 0), 0)
  return { requests: sum(({ requests }) => requests), bytes: sum(({ bytes }) => bytes) }
}
