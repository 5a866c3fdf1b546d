/**
 * Which strings of a length stand in an index more than once, and what would be left without their copies?
 *
 * The method of ExactSubstr (Lee et al. 2022, arXiv:2107.06499). Departures: nothing spans two documents, spans cut no
 * character, and one copy can be kept.
 */
import { OmnigramError } from '../core/errors.js'
import { formatBytes } from '../core/units.js'
import { checkInteger } from '../query/check-arguments.js'
import type { IndexReader } from '../query/index-reader.js'
import { RepetitionScan } from '../query/repetition-scan.js'
import { describeBuckets } from './count-buckets.js'
import { describeDuplicates } from './describe-duplicates.js'
import { describeReader } from './describe-reader.js'
import { describeStrings } from './describe-strings.js'
import type { RepetitionOptions, RepetitionProgress } from './repetition-options.js'
import type { EpochReport, RepetitionReport, SourceRepetition } from './repetition-report.js'
import { estimateRepetition } from './sample-repetition.js'

/** Of each kind of string: more than are listed, since those that overlap better ones are left out. */
const stringsKept = 512

/**
 * Exact where two bits a row fit `memoryBytes`, else an estimate on a sample.
 *
 * Throws `bad-argument`, `unknown-facet`, `cancelled`, `damaged-index`, and `no-memory` where spans are wanted that do not
 * fit.
 */
export async function measureRepetition(reader: IndexReader, options: RepetitionOptions): Promise<RepetitionReport> {
  const { length, field = null, memoryBytes, sampleGrams, onSpans } = options
  checkInteger('top', options.top ?? 10, 0, stringsKept)
  const scan = new RepetitionScan(reader, length, field)
  const epochs = readEpochs(options, scan.sources)
  if (sampleGrams !== undefined) {
    if (onSpans) throw new OmnigramError('bad-argument', 'A sample has no spans: ask for one of the two.')
    return estimateRepetition(reader, scan, options)
  }
  const neededBytes = scan.neededBytes + epochBytes(scan, epochs)
  if (neededBytes <= memoryBytes) return readAll(reader, scan, options, epochs)
  if (!onSpans) return estimateRepetition(reader, scan, options)
  const detail = `The spans take ${formatBytes(neededBytes)} where ${formatBytes(memoryBytes)} are allowed.`
  throw new OmnigramError('no-memory', detail)
}

async function readAll(
  reader: IndexReader,
  scan: RepetitionScan,
  options: RepetitionOptions,
  epochs: readonly number[] | null,
): Promise<RepetitionReport> {
  const { length, field = null, top = 10, onSpans, copies = 'all', onProgress } = options
  const call = (phase: RepetitionProgress['phase']) => ({
    signal: options.signal,
    threads: options.threads,
    onShare: (share: number) => onProgress?.({ phase, share }),
  })
  const found = await scan.traverse(stringsKept, call('grams'))
  for await (const batch of scan.spans(copies, epochs, call('spans'))) await onSpans?.(batch)
  onProgress?.({ phase: 'strings', share: 0 })
  const duplicates = await describeDuplicates(reader, found, top, field !== null)
  const strings = { length, field, top, signal: options.signal }
  const longest = await describeStrings(reader, found.longest, strings)
  onProgress?.({ phase: 'strings', share: 0.5 })
  const mostRepeated = await describeStrings(reader, found.mostRepeated, strings)
  const sources = describeSources(scan, duplicates.bySource)
  const histogram = describeBuckets(found.distinct, found.occurrences)
  const distinctGrams = sum(found.distinct)
  const grams = sum(found.occurrences)
  return {
    ...describeReader(reader, options),
    grams,
    distinctGrams,
    largestCount: found.largest,
    histogram,
    duplicateShare: shareOf(grams - found.occurrences[0], grams),
    excessShare: shareOf(grams - distinctGrams, grams),
    isExact: true,
    exact: {
      sources,
      repeatedSymbols: sources.reduce((total, { repeatedSymbols }) => total + repeatedSymbols, 0),
      removableSymbols: sources.reduce((total, { removableSymbols }) => total + removableSymbols, 0),
      epochs: describeEpochs(scan, epochs, found.occurrences, distinctGrams),
      maximalStrings: found.stringCount,
      longest,
      mostRepeated,
      duplicates: duplicates.report,
    },
    sample: null,
  }
}

function describeSources(scan: RepetitionScan, duplicates: readonly number[]): SourceRepetition[] {
  return scan.sourceTotals().map((totals, source) => ({
    source: scan.sources[source],
    ...totals,
    duplicateDocuments: duplicates[source] ?? 0,
  }))
}

/** Epochs by source, or null where every source is read once: then the counts are the exposures. */
function readEpochs(
  { epochs = new Map(), field = null }: RepetitionOptions,
  sources: readonly (string | null)[],
): number[] | null {
  if (epochs.size === 0) return null
  if (field === null) throw new OmnigramError('bad-argument', 'Epochs are of sources: name their field too.')
  const unknown = [...epochs.keys()].find((name) => name !== '' && !sources.includes(name))
  if (unknown !== undefined) {
    throw new OmnigramError('bad-argument', `No document has ${JSON.stringify(unknown)} as its ${field}.`)
  }
  return sources.map((source) => epochs.get(source ?? '') ?? 1)
}

/** At worst every second place begins a repeated gram. */
function epochBytes(scan: RepetitionScan, epochs: readonly number[] | null): number {
  return epochs === null ? 0 : 4 * scan.countGrams()
}

function describeEpochs(
  scan: RepetitionScan,
  epochs: readonly number[] | null,
  occurrences: ArrayLike<number>,
  distinctGrams: number,
): EpochReport {
  const once = { all: sum(occurrences), from10: sum(occurrences, 4), from100: sum(occurrences, 5) }
  const { all, from10, from100 } = scan.exposures() ?? once
  return {
    epochs: epochs ?? scan.sources.map(() => 1),
    exposures: all,
    effectiveEpochs: distinctGrams === 0 ? 0 : all / distinctGrams,
    shareFrom10: shareOf(from10, all),
    shareFrom100: shareOf(from100, all),
  }
}

function shareOf(part: number, all: number): number {
  return all === 0 ? 0 : part / all
}

function sum(numbers: ArrayLike<number>, from = 0): number {
  return Array.from(numbers)
    .slice(from)
    .reduce((total, number) => total + number, 0)
}
