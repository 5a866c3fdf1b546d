/** What goes into an evidence bundle? */
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import { type EvidenceContent, type EvidenceItem, type EvidenceSpan, hashText } from './evidence-bundle.js'
import type { ContaminationReport, Evidence, Passage, ReportCell, ReportItem } from './report.js'
import { verifyEvidence } from './verify-evidence.js'

export interface EvidenceChoice {
  /** Names of benchmarks; empty for all. */
  readonly benchmarks: readonly string[]
  /** Ids of items; empty for all. */
  readonly items: readonly string[]
  readonly date: string
  readonly programVersion: string
  readonly signal?: AbortSignal
}

/**
 * The suspicious and dirty items of one index, with every passage that the report shows of them, checked against the index: what
 * is not true is not bundled.
 *
 * Throws `bad-report` where the report has none of what was chosen, or was written without texts or evidence, and
 * `bad-evidence` where the index does not bear it out.
 */
export async function makeEvidence(
  reader: IndexReader,
  report: ContaminationReport,
  choice: EvidenceChoice,
): Promise<EvidenceContent> {
  const index = report.indexes.find(({ name }) => name === reader.name)
  if (!index) throw new OmnigramError('bad-report', `It has no index ${JSON.stringify(reader.name)}.`)
  const items = report.cells
    .filter((cell) => cell.index === reader.name && isChosen(choice.benchmarks, cell.benchmark))
    .flatMap((cell) => listItems(cell, report, choice))
  if (items.length === 0) {
    throw new OmnigramError('bad-report', 'It has no suspicious or dirty item with text and evidence of those chosen.')
  }
  const content: EvidenceContent = {
    format: 'omnigram-evidence',
    version: 1,
    program: choice.programVersion,
    date: choice.date,
    index: { name: index.name, generation: index.generation, manifestSha256: index.manifestSha256 },
    windowCharacters: report.method.windowCharacters,
    suspiciousFrom: report.method.suspiciousFrom,
    dirtyFrom: report.method.dirtyFrom,
    items,
  }
  await verifyEvidence(content, reader, choice.signal)
  return content
}

function isChosen(chosen: readonly string[], name: string): boolean {
  return chosen.length === 0 || chosen.includes(name)
}

function listItems(
  { benchmark, items }: ReportCell,
  report: ContaminationReport,
  choice: EvidenceChoice,
): EvidenceItem[] {
  const benchmarkSha256 = report.benchmarks.find(({ name }) => name === benchmark)?.sha256 ?? ''
  return items.flatMap((item) => {
    if (!isChosen(choice.items, item.id)) return []
    const bundled = bundleItem(item)
    return bundled === null ? [] : [{ benchmark, benchmarkSha256, ...bundled }]
  })
}

function bundleItem({ id, line, text, views, evidence }: ReportItem) {
  const score = views.find(({ view }) => view === evidence?.view)
  if (evidence === null || text === null || !score || score.eta === null || score.counts === null) return null
  const { view, windows, matched, eta, counts } = score
  const spans = bundleSpans(evidence)
  return { id, line, text, textSha256: hashText(text), view, windows, matched, eta, class: score.class, counts, spans }
}

/** Each passage once. */
function bundleSpans({ rarestWindow, bestDocument, answer }: Evidence): EvidenceSpan[] {
  const passages = [...(bestDocument ? [bestDocument.passage] : []), ...rarestWindow.passages]
  if (answer.passage) passages.push(answer.passage)
  const spans = new Map(passages.map((passage) => [`${passage.document.document}:${passage.startOffset}`, passage]))
  return [...spans.values()].map(bundleSpan)
}

function bundleSpan({ document: { document, externalId }, startOffset, text, textSha256 }: Passage): EvidenceSpan {
  return { document, externalId, startOffset, endOffset: startOffset + Buffer.byteLength(text), text, textSha256 }
}
