/** How contaminated is a benchmark that must not leave the page? Checked as on the command line, in the visitor's page. */
import type { Benchmark } from '../contamination/benchmark.js'
import { type ContaminationProgress, defaultOptions } from '../contamination/contamination-options.js'
import type { ContaminationReport } from '../contamination/report.js'
import { runContamination } from '../contamination/run-contamination.js'
import { sampleItems } from '../contamination/sample-items.js'
import type { ViewName } from '../contamination/views.js'
import type { IndexReader } from '../query/index-reader.js'
import { type Lookup, prepareLookup, type RemoteIndex, readCounts } from './counted-windows.js'
import { type BenchmarkFields, readBenchmarkInPage } from './read-benchmark-in-page.js'

export interface PrivateFile {
  readonly file: File
  readonly fields: BenchmarkFields
}

/** What is in the file, and what would be sent of it to a server. */
export interface PrivateSummary extends Lookup {
  readonly items: number
  readonly itemsInFile: number
  readonly field: string
  readonly layout: string
  readonly firstItem: string
}

/** Where the windows are looked for: in indexes that are open in the page, or in the counts that a server told. */
export type PrivatePlace =
  | {
      readonly kind: 'page'
      readonly indexes: readonly string[]
      readonly views: readonly ViewName[]
      readonly findsEvidence: boolean
    }
  | {
      readonly kind: 'counts'
      readonly indexes: readonly RemoteIndex[]
      readonly bodies: readonly string[]
      /** For each index the counts of the patterns of all bodies, in their order. */
      readonly counts: readonly (readonly number[])[]
    }

/** As the command line has them, so that it draws the same sample. */
const usualOptions = { ...defaultOptions, seed: 0 }

interface CheckContext {
  readonly date: string
  /** Version of omnigram. */
  readonly program: string
  readonly signal: AbortSignal
  readonly find: (name: string) => IndexReader
  readonly onProgress: (progress: ContaminationProgress) => void
}

/** Reads the file; nothing is sent. Throws as {@link readBenchmarkInPage}. */
export async function summarizePrivately({ file, fields }: PrivateFile, signal: AbortSignal): Promise<PrivateSummary> {
  const benchmark = await readBenchmarkInPage(file, fields, signal)
  const items = sampleItems(benchmark.items, usualOptions.sampleItems, usualOptions.seed)
  return {
    ...prepareLookup(items),
    items: items.length,
    itemsInFile: benchmark.items.length,
    field: benchmark.field,
    layout: benchmark.layout,
    firstItem: benchmark.items[0].text,
  }
}

/** The report, the very one of `omnigram contamination run`; of counts alone without evidence and longest matches. */
export async function checkPrivately(
  { file, fields }: PrivateFile,
  place: PrivatePlace,
  context: CheckContext,
): Promise<ContaminationReport> {
  const { date, program, signal, onProgress } = context
  const benchmark: Benchmark = await readBenchmarkInPage(file, fields, signal)
  const common = { ...usualOptions, date, programVersion: program, table: 'community', signal, onProgress } as const
  if (place.kind === 'page') {
    const { findsEvidence, views } = place
    const readers = place.indexes.map((name) => listenBetween(context.find(name)))
    const options = { ...common, views, findsEvidence, findsLongestMatch: findsEvidence }
    return runContamination(readers, [benchmark], options)
  }
  const patterns = place.bodies.flatMap((body) => (JSON.parse(body) as { patterns: string[] }).patterns)
  const readers = place.indexes.map((index, at) =>
    readCounts(index, new Map(patterns.map((pattern, number) => [pattern, place.counts[at][number]]))),
  )
  const options = { ...common, searchesFragments: false, findsEvidence: false, findsLongestMatch: false }
  return runContamination(readers, [benchmark], options)
}

/** Work on bytes in memory never waits, so that a worker would not hear that it is to stop. */
const longestWorkMs = 50

function listenBetween(reader: IndexReader): IndexReader {
  let listenedMs = performance.now()
  return new Proxy(reader, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return async (...args: readonly unknown[]) => {
        if (performance.now() - listenedMs > longestWorkMs) {
          await new Promise((resolve) => setTimeout(resolve))
          listenedMs = performance.now()
        }
        return value.apply(target, args)
      }
    },
  })
}

/** No other check has this name, on no other day: an old address finds nothing. */
export function nameReport(): string {
  const random = crypto.getRandomValues(new Uint32Array(3))
  return `private-${Array.from(random, (part) => part.toString(36)).join('')}`
}
