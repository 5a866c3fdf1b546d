/** Which documents of the corpus, or which parts of them, are copies of dirty items? */
import { OmnigramError } from '../core/errors.js'
import type { DocumentPage, IndexReader, Occurrence, PageOptions } from '../query/index-reader.js'
import { askPatiently, throwIfCancelled } from './ask-patiently.js'
import { boilerplateDocuments } from './boilerplate.js'
import { countWindows, type SoughtWindow } from './count-windows.js'
import type { ContaminationReport, ReportItem } from './report.js'
import { isFound } from './score-item.js'
import { matchingOf, type ViewName } from './views.js'
import { mergeParts, viewText } from './windows.js'

/** What holds text of dirty items. */
export interface CorpusPart {
  readonly document: number
  readonly externalId: string | null
  /** Byte offsets in the document: the smallest parts that hold all windows, in order and apart. */
  readonly spans: readonly (readonly [number, number])[]
  /** Items of which the document holds at least the suspicious share of windows. */
  readonly items: readonly { readonly benchmark: string; readonly id: string; readonly share: number }[]
}

export interface CorpusParts {
  /** By document number. */
  readonly parts: readonly CorpusPart[]
  /** Windows in more places than {@link maxPlaces}: phrases that stand everywhere, which are left in the corpus. */
  readonly frequentWindows: number
}

/** Occurrences of a window above which it is no trace of the item any more. */
export const maxPlaces = 100 * boilerplateDocuments

interface Holding {
  readonly externalId: string | null
  readonly spans: { start: number; end: number }[]
  /** Windows held, by item. */
  readonly windows: Map<ReportItem, number>
}

/**
 * Every place of every window of the dirty items of one index. O(occurrences of the windows).
 *
 * Throws `bad-report` when the report is of another generation of the index, or was written without texts.
 */
export async function findCorpusParts(
  reader: IndexReader,
  report: ContaminationReport,
  signal?: AbortSignal,
): Promise<CorpusParts> {
  checkIndex(reader, report)
  const holdings = new Map<number, Holding>()
  const names = new Map<ReportItem, string>()
  let frequentWindows = 0
  for (const { benchmark, index, items } of report.cells) {
    if (index !== reader.name) continue
    for (const item of items) {
      const view = item.views.find((score) => score.class === 'dirty')?.view
      if (view === undefined) continue
      names.set(item, benchmark)
      frequentWindows += await addItem(reader, item, view, holdings, signal)
    }
  }
  const { suspiciousFrom } = report.method
  const parts = [...holdings]
    .sort(([a], [b]) => a - b)
    .map(([document, { externalId, spans, windows }]): CorpusPart => {
      const shares = [...windows].map(([item, held]) => {
        const all = item.views.find((score) => score.class === 'dirty')?.windows ?? 1
        return { benchmark: names.get(item) ?? '', id: item.id, share: held / all }
      })
      const merged = mergeParts(spans).map(({ start, end }) => [start, end] as const)
      return { document, externalId, spans: merged, items: shares.filter(({ share }) => share >= suspiciousFrom) }
    })
  return { parts, frequentWindows }
}

function checkIndex(reader: IndexReader, report: ContaminationReport): void {
  const entry = report.indexes.find(({ name }) => name === reader.name)
  if (!entry) throw new OmnigramError('bad-report', `It has no index ${JSON.stringify(reader.name)}.`)
  if (entry.manifestSha256 === reader.manifestSha256) return
  const detail = `It is of generation ${entry.generation} of ${entry.name}, which is at ${reader.generation} now: run it again.`
  throw new OmnigramError('bad-report', detail)
}

/** Adds all places of the item's windows; returns how many windows are too frequent. */
async function addItem(
  reader: IndexReader,
  item: ReportItem,
  view: ViewName,
  holdings: Map<number, Holding>,
  signal: AbortSignal | undefined,
): Promise<number> {
  throwIfCancelled(signal)
  if (item.text === null) throw new OmnigramError('bad-report', 'It was written without the texts of the items.')
  const [windows] = await countWindows(reader, [viewText(item.text, view)], view, signal)
  let frequent = 0
  for (const window of windows.filter(isFound)) {
    if ((window.count ?? 0) > maxPlaces) {
      frequent++
      continue
    }
    const documents = new Set<number>()
    for await (const { document, startOffset, endOffset } of listPlaces(reader, window, view, signal)) {
      const holding: Holding = holdings.get(document.document) ?? {
        externalId: document.externalId,
        spans: [],
        windows: new Map(),
      }
      holdings.set(document.document, holding)
      holding.spans.push({ start: startOffset, end: endOffset })
      documents.add(document.document)
    }
    for (const document of documents) {
      const held = holdings.get(document)?.windows
      held?.set(item, (held.get(item) ?? 0) + 1)
    }
  }
  return frequent
}

async function* listPlaces(
  reader: IndexReader,
  { patterns }: SoughtWindow,
  view: ViewName,
  signal: AbortSignal | undefined,
): AsyncGenerator<Occurrence> {
  for (const pattern of patterns) {
    const match = await askPatiently(signal, () => reader.find(pattern, { matching: matchingOf(view), signal }))
    let position: number | null = 0
    while (position !== null) {
      const page: PageOptions = { limit: 1_000, context: 0, unit: 'byte', by: 'occurrence', position, signal }
      const { occurrences, nextPosition }: DocumentPage = await askPatiently(signal, () =>
        reader.documents(match, page),
      )
      yield* occurrences
      position = nextPosition
    }
  }
}
