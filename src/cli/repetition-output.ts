/** How does a repetition report read on a terminal? */
import { formatCount } from '../core/units.js'
import type { ExactFindings, MaximalString, RepetitionReport } from '../repetition/repetition-report.js'
import type { Terminal } from './terminal.js'

const barWidth = 24
/** Characters of a string that are shown. */
const shownCharacters = 100

export async function writeRepetition(report: RepetitionReport, terminal: Terminal): Promise<void> {
  for (const line of describeReport(report, terminal)) await terminal.writeLine(line)
  if (report.sample) {
    const { sampled, seed } = report.sample
    terminal.note(`an estimate from ${formatCount(sampled)} places, seed ${seed}; intervals at 95 %`)
  }
}

function* describeReport(report: RepetitionReport, terminal: Terminal): Generator<string> {
  const { index, generation, symbols, length, documents, symbolCount, grams, distinctGrams, sample, exact } = report
  yield terminal.style('bold', `${terminal.showText(index)} · generation ${generation}`)
  yield `${formatCount(documents)} documents, ${formatCount(symbolCount)} ${symbols}; strings of ${length} ${symbols}: ${formatCount(grams)}, ${formatCount(distinctGrams)} different`
  yield ''
  yield `${'times'.padEnd(9)}${'different strings'.padStart(20)}${'occurrences'.padStart(20)}`
  for (const { from, to, distinct, occurrences } of report.histogram) {
    const share = grams === 0 ? 0 : occurrences / grams
    const bar = '█'.repeat(occurrences === 0 ? 0 : Math.max(1, Math.round(share * barWidth)))
    yield `${nameBucket(from, to).padEnd(9)}${formatCount(distinct).padStart(20)}${formatCount(occurrences).padStart(20)}  ${formatShare(share)}  ${terminal.style('cyan', bar)}`
  }
  yield ''
  yield `occurring twice or more  ${formatShare(report.duplicateShare)}${formatInterval(sample?.duplicateShare)} of the strings`
  yield `beyond the first copy    ${formatShare(report.excessShare)}${formatInterval(sample?.excessShare)}`
  if (exact) yield* describeExact(report, exact, terminal)
  if (sample && report.field !== null) {
    for (const { source, sampled, duplicateShare, interval } of sample.sources.filter((row) => row.sampled > 0)) {
      yield `  ${nameSource(source, terminal)}: ${formatShare(duplicateShare ?? 0)}${formatInterval(interval)} of ${formatCount(sampled)}`
    }
  }
}

function* describeExact(report: RepetitionReport, exact: ExactFindings, terminal: Terminal): Generator<string> {
  const { symbols, symbolCount, field } = report
  const { repeatedSymbols, removableSymbols, epochs, duplicates } = exact
  const part = (count: number, all = symbolCount) =>
    `${formatShare(all === 0 ? 0 : count / all)}  ${formatCount(count)}`
  yield `covered by them          ${part(repeatedSymbols)} ${symbols}`
  yield `removable, one copy kept ${part(removableSymbols)} ${symbols}`
  yield `effective epochs         ${epochs.effectiveEpochs.toFixed(3)}; seen 10 times or more ${formatShare(epochs.shareFrom10).trim()}, 100 times or more ${formatShare(epochs.shareFrom100).trim()}`
  yield `duplicate documents      ${formatCount(duplicates.redundantDocuments)} beyond the first of ${formatCount(duplicates.groups)} texts, ${formatCount(duplicates.redundantSymbols)} ${symbols}`
  if (field !== null) {
    yield ''
    yield `${terminal.showText(field).padEnd(24)}${'documents'.padStart(12)}${symbols.padStart(16)}${'repeated'.padStart(10)}${'removable'.padStart(11)}${'duplicates'.padStart(12)}`
    for (const source of exact.sources.filter(({ documents }) => documents > 0)) {
      const of = (count: number) => formatShare(source.symbols === 0 ? 0 : count / source.symbols)
      yield `${nameSource(source.source, terminal).padEnd(24)}${formatCount(source.documents).padStart(12)}${formatCount(source.symbols).padStart(16)}${of(source.repeatedSymbols).padStart(10)}${of(source.removableSymbols).padStart(11)}${formatCount(source.duplicateDocuments).padStart(12)}`
    }
    const { crossingGroups } = duplicates
    if (crossingGroups) yield `texts in documents of several sources: ${formatCount(crossingGroups)}`
  }
  yield* describeStrings('longest', exact.longest, symbols, terminal)
  yield* describeStrings('most repeated', exact.mostRepeated, symbols, terminal)
}

function* describeStrings(
  title: string,
  strings: readonly MaximalString[],
  symbols: string,
  terminal: Terminal,
): Generator<string> {
  if (strings.length === 0) return
  yield ''
  yield terminal.style('bold', title)
  for (const { length, count, text, documents, places } of strings) {
    const name = places[0]?.externalId ?? `document ${places[0]?.document}`
    const where = `${formatCount(documents.count)}${documents.isExact ? '' : '+'} documents, as ${terminal.showText(name)}`
    yield `${formatCount(count).padStart(10)} × ${formatCount(length)} ${symbols}  ${terminal.style('dim', where)}`
    if (text !== null)
      yield `${' '.repeat(13)}${terminal.showText(Array.from(text).slice(0, shownCharacters).join(''))}`
  }
}

function nameBucket(from: number, to: number | null): string {
  if (to === null) return `${formatCount(from)}+`
  return from === to ? String(from) : `${from}–${to}`
}

function nameSource(source: string | null, terminal: Terminal): string {
  return source === null ? '(no value)' : terminal.showText(source)
}

function formatShare(share: number): string {
  return `${(100 * share).toFixed(2)} %`.padStart(8)
}

function formatInterval(interval: readonly [number, number] | null | undefined): string {
  return interval ? ` [${interval.map((end) => (100 * end).toFixed(2)).join('–')}]` : ''
}
