/** How is a benchmark checked without leaving this page, and which such checks are known here? */
import type {
  CheckedInPage,
  Lookup,
  PrivateFile,
  PrivatePlace,
  PrivateSummary,
  SourceCost,
} from '../../../src/browser/page-site.ts'
import { fetchFromServer, readProblem } from '../server/call-server.ts'
import { fileAddress, isStatic } from '../server/site.ts'
import { placeOwnAsker } from './own-asker.ts'
import { describeFailure, hasOwnIndex, holdIndex, type PageBuild, site } from './page-indexes.ts'

export type { Lookup, PrivateFile, PrivateSummary } from '../../../src/browser/page-site.ts'

/** An index as `/v1/indexes` tells of it. */
export interface ListedIndex {
  readonly name: string
  readonly generation: string
  readonly manifestSha256: string
  readonly documents: number
  readonly textBytes: number
  readonly indexBytes: number
}

/** Where a benchmark is looked for, and by what. */
export type PrivateWay = 'whole' | 'ranges' | 'counts' | 'file'

export interface PrivateOrder {
  readonly benchmark: PrivateFile
  readonly way: PrivateWay
  readonly indexes: readonly ListedIndex[]
  /** An index of the visitor, for the way `file`. */
  readonly file: File | null
  readonly views: readonly string[]
  readonly lookup: Lookup
  /** Of the requests of the lookup. */
  readonly path: string
}

export interface PrivateOutcome extends CheckedInPage {
  /** What was read of indexes by ranges; null for the other ways. */
  readonly cost: SourceCost | null
}

/** Filled in when the pages are built. */
declare const OMNIGRAM_VERSION: string

/** Reads a file in this page; nothing is sent. Throws `Problem`. */
export async function summarizeBenchmark(benchmark: PrivateFile, signal: AbortSignal): Promise<PrivateSummary> {
  try {
    return await site.summarize(benchmark, { signal })
  } catch (error) {
    throw describeFailure(error)
  }
}

/** Does what was agreed to, and sends what was shown. Throws `Problem`. */
export async function runPrivateCheck(order: PrivateOrder, build: PageBuild): Promise<PrivateOutcome> {
  try {
    const place = await findPlace(order, build)
    const before = await readCost(order)
    const checked = await site.check(order.benchmark, place, OMNIGRAM_VERSION, build)
    if (!isStatic) placeOwnAsker()
    const after = await readCost(order)
    const cost = before && after && { requests: after.requests - before.requests, bytes: after.bytes - before.bytes }
    return { ...checked, cost }
  } catch (error) {
    throw describeFailure(error)
  }
}

async function findPlace(order: PrivateOrder, { onProgress, signal }: PageBuild): Promise<PrivatePlace> {
  const { way, indexes, file } = order
  const views = order.views as Extract<PrivatePlace, { kind: 'page' }>['views']
  if (way === 'counts') return askForCounts(order, { onProgress, signal })
  if (way === 'file' && file !== null) {
    const name = await holdIndex(
      file,
      indexes.map((index) => index.name),
      signal,
    )
    return { kind: 'page', indexes: [name], views, findsEvidence: true }
  }
  const names = indexes.map(({ name }) => name)
  for (const [at, name] of way === 'whole' ? names.entries() : []) {
    // Those of the visitor are here.
    if (hasOwnIndex(name)) continue
    onProgress('fetch', at / names.length)
    await site.open(await findAddress(name), name, { signal, isWhole: true })
  }
  // Evidence is located place by place, each of which would be read from the host.
  return { kind: 'page', indexes: names, views, findsEvidence: way === 'whole' }
}

async function readCost({ way, indexes }: PrivateOrder): Promise<SourceCost | null> {
  if (way !== 'ranges') return null
  const costs = await Promise.all(indexes.map(({ name }) => site.readCost(name)))
  const add = (a: SourceCost, b: SourceCost) => ({ requests: a.requests + b.requests, bytes: a.bytes + b.bytes })
  return costs.reduce(add, { requests: 0, bytes: 0 })
}

async function findAddress(name: string): Promise<string> {
  const file = (await (await fetch(fileAddress('static.json'))).json()) as {
    indexes: readonly { name: string; path: string }[]
  }
  const path = file.indexes.find((index) => index.name === name)?.path ?? ''
  return new URL(fileAddress(path), location.href).href
}

interface CountAnswer {
  readonly results: readonly { readonly count: number; readonly indexes?: readonly { readonly count: number }[] }[]
}

async function askForCounts(
  { indexes, lookup, path }: PrivateOrder,
  { onProgress, signal }: PageBuild,
): Promise<PrivatePlace> {
  const counts: number[][] = indexes.map(() => [])
  for (const [number, body] of lookup.bodies.entries()) {
    onProgress('ask', number / lookup.bodies.length)
    const { results } = await askPatiently(path, body, signal)
    for (const { count, indexes: each } of results) {
      for (const [at, list] of counts.entries()) list.push(each?.[at].count ?? count)
    }
  }
  return { kind: 'counts', indexes, bodies: lookup.bodies, counts }
}

/** A server that has enough of questions for the moment says when it takes more. */
async function askPatiently(path: string, body: string, signal: AbortSignal): Promise<CountAnswer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  for (;;) {
    const response = await fetchFromServer(path, { method: 'POST', headers, body, signal })
    if (response.ok) return (await response.json()) as CountAnswer
    const waitSeconds = Number(response.headers.get('retry-after'))
    if (response.status !== 429 || !(waitSeconds > 0)) throw await readProblem(response)
    await new Promise((resolve) => setTimeout(resolve, 1_000 * waitSeconds))
    signal.throwIfAborted()
  }
}
