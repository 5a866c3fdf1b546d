/** How contaminated are the items of one benchmark in one index? */
import type { IndexReader } from '../query/index-reader.js'
import { askPatiently, mapInParallel, throwIfCancelled } from './ask-patiently.js'
import type { Benchmark, BenchmarkItem } from './benchmark.js'
import { BoilerplateFinder } from './boilerplate.js'
import type { ContaminationOptions } from './contamination-options.js'
import { countWindows, type SoughtWindow } from './count-windows.js'
import { findEvidence } from './find-evidence.js'
import { findLongestMatches } from './longest-matches.js'
import type { Evidence, ReportCell, ReportItem, ViewScore } from './report.js'
import { isFound, scoreItem } from './score-item.js'
import { countCategories, summarizeView, summarizeWhole } from './summarize-cell.js'
import { matchingOf, type ViewName } from './views.js'
import { countCharacters, viewText } from './windows.js'

/** Text whose windows are counted together: enough for long batches, little enough to show progress and keep memory low. */
const chunkUnits = 256 * 1024

/** Items whose evidence is looked for at once. */
const evidenceAtOnce = 4

/** Says how much work was done. */
export interface CellMeter {
  /** Characters of items whose windows were counted, in one view. */
  counted(units: number): void
  /** Items whose evidence is found, of how many. */
  evidence(done: number, all: number): void
}

/** One view of all items. A benchmark may have millions of windows: only those that evidence needs are kept. */
interface ViewedItems {
  readonly view: ViewName
  readonly scores: readonly ViewScore[]
  /** Found windows of the items that are suspicious or dirty in this view. */
  readonly found: readonly (readonly SoughtWindow[])[]
}

/** `items` are those of the benchmark that are checked. */
export async function checkCell(
  reader: IndexReader,
  benchmark: Benchmark,
  items: readonly BenchmarkItem[],
  options: ContaminationOptions,
  meter: CellMeter,
): Promise<ReportCell> {
  const { signal } = options
  const viewed: ViewedItems[] = []
  for (const view of options.views) viewed.push(await countView(reader, items, view, options, meter))
  const sources = items.map(({ text }) => text)
  const longest = options.findsLongestMatch
    ? await findInChunks(
        sources,
        meter,
        (chunk) => findLongestMatches(reader, chunk, signal),
        ({ length }) => length,
      )
    : sources.map(() => null)
  const wholeCounts = options.testsShort ? await countShort(reader, items, viewed[0], signal) : items.map(() => null)
  const scored = items.map(
    ({ id, line, subtask, text }, at): ReportItem => ({
      id,
      line,
      subtask,
      characters: countCharacters(text),
      text: options.keepsText ? text : null,
      views: viewed.map(({ scores }) => scores[at]),
      wholeCount: wholeCounts[at],
      longestMatch: longest[at],
      evidence: null,
    }),
  )
  const evidence = options.findsEvidence ? await findAllEvidence(reader, items, scored, viewed, options, meter) : []
  const reported = scored.map((item, at) => ({ ...item, evidence: evidence[at] ?? null }))
  const views = options.views.map((view, number) =>
    summarizeView(
      reported.map((item) => item.views[number]),
      countTestable(benchmark.items, view),
    ),
  )
  return {
    benchmark: benchmark.info.name,
    index: reader.name,
    views: views.map((summary, number) => ({ ...summary, view: options.views[number] })),
    withShort: options.testsShort ? summarizeWhole(reported, countWithText(benchmark.items)) : null,
    ...countCategories(reported),
    items: reported,
  }
}

/** Work on texts chunk by chunk, the answers in order. */
async function findInChunks<Text, Answer>(
  texts: readonly Text[],
  meter: CellMeter,
  find: (chunk: readonly Text[]) => Promise<Answer[]>,
  lengthOf: (text: Text) => number,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let start = 0; start < texts.length; ) {
    let [end, units] = [start, 0]
    while (end < texts.length && units < chunkUnits) units += lengthOf(texts[end++])
    answers.push(...(await find(texts.slice(start, end))))
    meter.counted(units)
    start = end
  }
  return answers
}

async function countView(
  reader: IndexReader,
  items: readonly BenchmarkItem[],
  view: ViewName,
  options: ContaminationOptions,
  meter: CellMeter,
): Promise<ViewedItems> {
  const scored = await findInChunks(
    items,
    meter,
    async (chunk) => {
      const texts = chunk.map(({ text }) => viewText(text, view))
      const windows = await countWindows(reader, texts, view, options.signal, options.searchesFragments)
      return texts.map((text, at) => {
        const score = scoreItem(view, text, windows[at], options)
        return { score, found: isFlagged(score) ? windows[at].filter(isFound) : [] }
      })
    },
    ({ text }) => text.length,
  )
  return { view, scores: scored.map(({ score }) => score), found: scored.map(({ found }) => found) }
}

function isFlagged(score: ViewScore): boolean {
  return score.class === 'dirty' || score.class === 'suspicious'
}

/** Occurrences of the whole text of items without a window; null for the others, and for those without text. */
async function countShort(
  reader: IndexReader,
  items: readonly BenchmarkItem[],
  { view, scores }: ViewedItems,
  signal: AbortSignal | undefined,
): Promise<(number | null)[]> {
  const matching = matchingOf(view)
  return mapInParallel(items, evidenceAtOnce, async ({ text }, at) => {
    const whole = text.trim()
    if (scores[at].windows > 0 || whole === '') return null
    const [{ count }] = await askPatiently(signal, () => reader.count([whole], { matching, signal }))
    return count
  })
}

/** Items of the whole benchmark that have a window. */
function countTestable(items: readonly BenchmarkItem[], view: ViewName): number {
  return items.filter(({ text }) => viewText(text, view).windows.length > 0).length
}

/** Items of the whole benchmark that can be looked for as a whole. */
function countWithText(items: readonly BenchmarkItem[]): number {
  return items.filter(({ text }) => text.trim() !== '').length
}

function findAllEvidence(
  reader: IndexReader,
  items: readonly BenchmarkItem[],
  scored: readonly ReportItem[],
  viewed: readonly ViewedItems[],
  options: ContaminationOptions,
  meter: CellMeter,
): Promise<(Evidence | null)[]> {
  const { signal, passages, judge = null } = options
  const finders = viewed.map(({ view, found }) => new BoilerplateFinder(reader, view, items, found, signal))
  const flaggedCount = scored.filter(({ views }) => views.some(isFlagged)).length
  let done = 0
  return mapInParallel(items, evidenceAtOnce, async (item, at) => {
    throwIfCancelled(signal)
    if (!scored[at].views.some(isFlagged)) return null
    const best = chooseView(scored[at])
    const { view, found } = viewed[best]
    const isDirty = scored[at].views[best].class === 'dirty'
    const evidence = await findEvidence({
      reader,
      view,
      item,
      text: viewText(item.text, view),
      found: found[at],
      boilerplate: finders[best],
      passages,
      judge: isDirty ? judge : null,
      signal,
    })
    meter.evidence(++done, flaggedCount)
    return evidence
  })
}

/** Number of the view in which most windows were found; of equals the first. */
function chooseView({ views }: ReportItem): number {
  return views.reduce((best, { eta }, at) => ((eta ?? 0) > (views[best].eta ?? 0) ? at : best), 0)
}
