/** What does the worker of a page do? It holds the indexes and answers one message by one message. */
import { IndexRegistry } from '../api/served-indexes.js'
import type { ContaminationProgress } from '../contamination/contamination-options.js'
import { formatReport } from '../contamination/report.js'
import { toOmnigramError } from '../core/errors.js'
import { joinReaders } from '../query/combined-reader.js'
import type { CallOptions, IndexReader } from '../query/index-reader.js'
import { answerRequest, type PageRequest } from './answer-request.js'
import { buildInPage } from './build-in-page.js'
import { keepIndex, listKept, removeKept } from './kept-indexes.js'
import { type OpenedInPage, openInPage } from './open-in-page.js'
import { PageReports } from './page-reports.js'
import { checkPrivately, nameReport, summarizePrivately } from './private-check.js'
import type { FromWorker, OpenedInfo, PageCallName, PageCalls, ToWorker } from './worker-protocol.js'

interface CallContext {
  readonly signal: AbortSignal
  tell(phase: string, share: number): void
}

type Calls = {
  [Name in PageCallName]: (input: PageCalls[Name]['input'], context: CallContext) => Promise<PageCalls[Name]['result']>
}

/** Methods of a reader that a page may call: their arguments and results are plain data, and the last argument is options. */
const methods = new Set<string>([
  'count',
  'find',
  'documents',
  'countDocuments',
  'countFacets',
  'findDocuments',
  'extract',
  'document',
  'documentInfo',
  'findExternalId',
  'next',
  'trace',
] satisfies (keyof IndexReader)[])

const opened = new Map<string, OpenedInPage>()
const running = new Map<number, AbortController>()
const reports = new PageReports()
/** Made anew when an index comes or goes. */
let registry: IndexRegistry | null = null

const calls: Calls = {
  async open({ source, name, blockBits, isWhole }, { signal }) {
    return hold(await openInPage(source, { name, blockBits, isWhole, signal }))
  },

  async build({ inputs, profile, name }, { signal, tell }) {
    const { bytes, replacedDocuments } = await buildInPage(inputs, { profile, signal, onProgress: tell })
    return { index: hold(await openInPage(bytes, { name })), bytes, replacedDocuments }
  },

  async ask({ index, method, args }, { signal }) {
    if (!methods.has(method)) throw new Error(`${method} is no method for pages`)
    const { reader } = find(index)
    const options: CallOptions = { ...(args.at(-1) as object), signal }
    const ask = (reader as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[method]
    return ask.call(reader, ...args.slice(0, -1), options)
  },

  async request(request: PageRequest, { signal }) {
    registry ??= new IndexRegistry(
      [...opened].map(([name, { reader }]) => ({ name, current: () => reader })),
      // The checksum of several manifests is asked for by nobody in a page.
      (readers) => joinReaders(readers, () => ''),
    )
    return answerRequest(request, { indexes: registry, reports }, signal)
  },

  async placeReports({ address }) {
    reports.place(address)
    return null
  },

  summarize: (input, { signal }) => summarizePrivately(input, signal),

  async check({ file, fields, place, date, program }, { signal, tell }) {
    const onProgress = ({ phase, share }: ContaminationProgress) => tell(phase, share)
    const context = { date, program, signal, find: (name: string) => find(name).reader, onProgress }
    const report = await checkPrivately({ file, fields }, place, context)
    const id = nameReport()
    reports.add(id, report)
    return { id, text: formatReport(report) }
  },

  async cost({ index }) {
    return find(index).readCost()
  },

  async keep({ name, shard }) {
    await keepIndex(name, shard)
    return null
  },

  listKept,

  async removeKept({ name }) {
    await removeKept(name)
    return null
  },

  async close({ index }) {
    await opened.get(index)?.reader.close()
    opened.delete(index)
    registry = null
    return null
  },
}

function hold(index: OpenedInPage): OpenedInfo {
  const { name, generation, manifest, facetFields } = index.reader
  opened.get(name)?.reader.close()
  opened.set(name, index)
  registry = null
  const { documents, textBytes } = manifest.statistics
  return { name, generation, documentCount: documents, textBytes, facetFields }
}

function find(name: string): OpenedInPage {
  const index = opened.get(name)
  if (index === undefined) throw new Error(`${name} is not open`)
  return index
}

function post(message: FromWorker): void {
  postMessage(message)
}

async function answer<Name extends PageCallName>(id: number, name: Name, input: PageCalls[Name]['input']) {
  const controller = new AbortController()
  running.set(id, controller)
  const tell = (phase: string, share: number) => post({ id, progress: { phase, share } })
  try {
    post({ id, result: await calls[name](input, { signal: controller.signal, tell }) })
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    post({ id, error: { code, detail } })
  } finally {
    running.delete(id)
  }
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('abort' in data) running.get(data.id)?.abort()
  else answer(data.id, data.call, data.input as never)
})
