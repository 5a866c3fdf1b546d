/** Which indexes are held in this page, and how are they asked? */
import {
  type BuiltShard,
  buildShard,
  type OmnigramError,
  PageSite,
  type SourceCost,
} from '../../../src/browser/page-site.ts'
import { Problem, toProblem } from '../server/problem.ts'

export interface PageBuild {
  /** Phase and the share of it that is done. */
  readonly onProgress: (phase: string, share: number) => void
  readonly signal: AbortSignal
}

/** Whether an index of the visitor is there at the next visit too. */
export type Keeping =
  | { readonly state: 'writing' }
  /** Under the name that it is kept by. */
  | { readonly state: 'kept'; readonly name: string }
  /** And why it is in this page alone. */
  | { readonly state: 'refused'; readonly reason: string }

/** An index that was made of files of the visitor. */
export interface OwnIndex extends BuiltShard {
  readonly name: string
  readonly keeping: Keeping
}

/** One that is kept, and can't be opened. */
export interface DamagedIndex {
  readonly keptName: string
  readonly bytes: number
  readonly problem: Problem
}

/** One worker for all of them. */
export const site = new PageSite()

const own = new Set<string>()
/** Those of them that this page wrote down. */
const written = new Set<string>()

export function hasOwnIndex(name: string): boolean {
  return own.has(name)
}

/** Makes an index of texts that stays in this page; `taken` are names that it can't have. Throws {@link Problem}. */
export async function addOwnIndex(
  files: readonly File[],
  taken: readonly string[],
  { onProgress, signal }: PageBuild,
): Promise<OwnIndex> {
  try {
    const built = await buildShard(files, { onProgress, signal })
    const kept = (await site.listKept().catch(() => [])).map(({ name }) => name)
    const name = chooseName(files[0].name, [...taken, ...own, ...kept])
    const index: OwnIndex = { ...built, name, keeping: { state: 'writing' } }
    await site.open(new Uint8Array(await built.file.arrayBuffer()), name, { signal })
    own.add(name)
    return index
  } catch (error) {
    throw describeFailure(error)
  }
}

/** Keeps an index of this page for the next visit. What comes of it; never throws. */
export async function keepOwnIndex({ name, file }: OwnIndex): Promise<Keeping> {
  written.add(name)
  try {
    await site.keep(name, file)
    return { state: 'kept', name }
  } catch (error) {
    return { state: 'refused', reason: (error as Partial<OmnigramError>).detail ?? String(error) }
  }
}

export interface OpenedKept {
  readonly indexes: readonly OwnIndex[]
  readonly damaged: readonly DamagedIndex[]
}

/** Opens what is kept of visits before; `taken` are names that they can't have here. Each is compared with its checksums. */
export async function openKeptIndexes(taken: readonly string[]): Promise<OpenedKept> {
  const [indexes, damaged]: [OwnIndex[], DamagedIndex[]] = [[], []]
  for (const { name: keptName, file } of await site.listKept()) {
    if (written.has(keptName)) continue
    const name = chooseName(file.name, [...taken, ...own])
    try {
      const { documentCount, textBytes } = await site.open(file, name, { isWhole: true })
      own.add(name)
      const keeping: Keeping = { state: 'kept', name: keptName }
      indexes.push({ name, file, documentCount, textBytes, replacedDocuments: 0, keeping })
    } catch (error) {
      damaged.push({ keptName, bytes: file.size, problem: toProblem(describeFailure(error)) })
    }
  }
  return { indexes, damaged }
}

export async function removeKeptIndex(keptName: string): Promise<void> {
  await site.removeKept(keptName)
}

/** Opens an index file of the visitor; the name that it has here. Throws what the browser module does. */
export async function holdIndex(file: File, taken: readonly string[], signal: AbortSignal): Promise<string> {
  const name = chooseName(file.name, [...taken, ...own])
  await site.open(file, name, { signal })
  own.add(name)
  return name
}

/** Takes an index out of the page, and off the disk of the browser. */
export async function removeOwnIndex({ name, keeping }: OwnIndex): Promise<void> {
  own.delete(name)
  if (keeping.state === 'kept') await site.removeKept(keeping.name)
  await site.close(name)
}

/** Names of indexes are short and plain, and each is there once. */
function chooseName(fileName: string, taken: readonly string[]): string {
  const plain = fileName
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 50)
  const name = plain === '' ? 'file' : plain
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${name}-${number}`
    if (!taken.includes(tried)) return tried
  }
}

const rowFormats: Readonly<Record<string, 'ndjson' | 'csv'>> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson' }

/** Puts a request to the worker, as `fetch` does to a server; `cost` is added to an answer in JSON. */
export async function askPage(
  path: string,
  init: RequestInit,
  readCost: () => Promise<SourceCost | null>,
): Promise<Response> {
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
  const mediaType = new Headers(init.headers).get('accept') ?? ''
  const format = rowFormats[mediaType] ?? 'json'
  try {
    const answer = await site.request({ path, body, format }, { signal: init.signal ?? undefined })
    if (typeof answer.body === 'string') return new Response(answer.body, { headers: { 'content-type': mediaType } })
    return Response.json({ ...answer.body, readCost: await readCost() }, { status: answer.status })
  } catch (error) {
    throw describeFailure(error)
  }
}

/** What the browser module says, as other problems are said. */
export function describeFailure(error: unknown): unknown {
  const { code, detail, kind } = error as Partial<OmnigramError>
  return kind === undefined ? error : new Problem(kind.title, detail ?? '', kind.hint, code)
}
