/** How does a report read as one HTML file, without a script and without anything from elsewhere? */

import { escapeHtml, markHtml } from '../core/escape-html.js'
import { formatCount } from '../core/units.js'
import type { ContaminationReport, Evidence, Passage, ReportCell, ReportItem, ViewSummary } from './report.js'

/** Items shown of a cell, the most contaminated first: a page has to open. The report as JSON has all. */
const maxShownItems = 200

const style = `
:root { color-scheme: light dark; --line: #8885; --mark: #ffd54a; --dirty: #c62828; }
@media (prefers-color-scheme: dark) { :root { --mark: #7a5c00; --dirty: #ff8a80; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } caption { text-align: left; padding: .5rem 0; }
.bar { display: inline-block; width: 6rem; height: .7rem; border: 1px solid var(--line); } .bar i { display: block; height: 100%; background: var(--dirty); }
.dirty { color: var(--dirty); font-weight: 600; } mark { background: var(--mark); color: inherit; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; } @media (max-width: 48rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
code, p { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, monospace; border: 1px solid var(--line); padding: .6rem; margin: 0; }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; } .wide { overflow-x: auto; }
@media print { details { break-inside: avoid; } }`

/** The same report, the same page. Every text of the benchmark and the corpus is escaped. */
export function renderReport(report: ContaminationReport): string {
  const { date, program, indexes } = report
  const sections = report.cells.map((cell, at) => renderCell(cell, at)).join('')
  const sources = indexes
    .map(({ name, generation, documents, textBytes, manifestSha256, corpusDate }) => {
      const size = `${formatCount(documents)} documents, ${formatCount(textBytes)} bytes of text`
      const dated = corpusDate === null ? '' : `, corpus of ${escapeHtml(corpusDate)}`
      return `<li><b>${escapeHtml(name)}</b>: generation ${escapeHtml(generation)}, ${size}${dated}; manifest SHA-256 <code>${manifestSha256}</code></li>`
    })
    .join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Benchmark contamination, ${escapeHtml(date)}</title><style>${style}</style></head><body>
<h1>Benchmark contamination</h1>
<p>${escapeHtml(date)} · omnigram ${escapeHtml(program)}</p>
<p>${describeMethod(report)}</p><ul>${sources}</ul>
${renderTable(report)}
${sections}
<p>Texts of benchmarks and corpora are shown as they are; they may be offensive or personal.</p>
</body></html>
`
}

function describeMethod({ method }: ContaminationReport): string {
  const { windowCharacters, suspiciousFrom, dirtyFrom, sampleItems, seed, views, judge } = method
  const sample =
    sampleItems === null
      ? 'All items are checked.'
      : `At most ${formatCount(sampleItems)} items of a benchmark are checked, drawn with seed ${seed}.`
  const judged = judge === null ? 'by rule' : `by ${escapeHtml(judge)}`
  return (
    `Each item is cut into windows of ${windowCharacters} characters that start at words. An item is suspicious when ${percent(suspiciousFrom)} of ` +
    `them stand in the corpus, dirty from ${percent(dirtyFrom)}; shorter items are not tested. The dirty rate is the share of dirty items among those tested; ` +
    `intervals are of 95 %. Views: ${views.join(', ')}. ${sample} Categories are decided ${judged}.`
  )
}

function renderTable({ cells, benchmarks }: ContaminationReport): string {
  const rows = cells.flatMap((cell, at) =>
    cell.views.map((view, number) => {
      const { category, licence, link } = benchmarks.find(({ name }) => name === cell.benchmark) ?? {}
      const details = [category, licence, link].filter((text) => text != null).join(' · ')
      const title =
        number === 0 ? `<a href="#cell-${at}">${escapeHtml(cell.benchmark)}</a>` : `&nbsp;&nbsp;${view.view}`
      return `<tr><th scope="row" title="${escapeHtml(details)}">${title}</th><td>${escapeHtml(cell.index)}</td>${renderNumbers(view)}</tr>`
    }),
  )
  const heads = ['Benchmark', 'Index', 'Dirty rate', 'Interval', 'Items', 'Dirty', 'Suspicious', 'Clean', 'Short']
  return `<div class="wide"><table><caption>Dirty rate of each benchmark in each index</caption><thead><tr>${heads
    .map((head) => `<th scope="col">${head}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function renderNumbers({ dirtyRate, interval, items, dirty, suspicious, clean, short }: ViewSummary): string {
  const rate = dirtyRate ?? 0
  const bar = `<span class="bar" aria-hidden="true"><i style="width:${(100 * rate).toFixed(2)}%"></i></span>`
  const range = interval === null ? '–' : describeRange(interval)
  const counts = [items, dirty, suspicious, clean, short].map((count) => `<td>${formatCount(count)}</td>`).join('')
  return `<td>${bar} <span${rate > 0 ? ' class="dirty"' : ''}>${dirtyRate === null ? '–' : percent(rate)}</span></td><td>${range}</td>${counts}`
}

function describeRange([low, high]: readonly [number, number]): string {
  return low === high ? 'all checked' : `${percent(low)} – ${percent(high)}`
}

function renderCell(cell: ReportCell, at: number): string {
  const flagged = cell.items.filter(({ evidence }) => evidence !== null)
  flagged.sort((a, b) => etaOf(b) - etaOf(a))
  const { categories, boilerplate, answers } = cell
  const kinds = `Dirty items by category: ${categories[1]} with the answer, ${categories[2]} with the answer in other words, ${categories[3]} the question alone, ${categories[4]} false positives.`
  const marks = `${formatCount(answers)} items have the answer nearby, ${formatCount(boilerplate)} are boilerplate.`
  const left = flagged.length - maxShownItems
  const more = left > 0 ? `<p>${formatCount(left)} more are in the report as JSON.</p>` : ''
  const items = flagged.slice(0, maxShownItems).map(renderItem).join('')
  return `<h2 id="cell-${at}">${escapeHtml(cell.benchmark)} in ${escapeHtml(cell.index)}</h2><p>${kinds} ${marks}</p>${items}${more}`
}

function etaOf({ evidence, views }: ReportItem): number {
  return views.find(({ view }) => view === evidence?.view)?.eta ?? 0
}

function renderItem(item: ReportItem): string {
  const { evidence, id, text, longestMatch } = item
  const score = item.views.find(({ view }) => view === evidence?.view)
  if (evidence === null || score === undefined) return ''
  const question =
    text === null ? '<p>The text is not part of this report.</p>' : `<pre>${markHtml(text, score.spans)}</pre>`
  const passage = evidence.answer.passage ?? evidence.bestDocument?.passage ?? evidence.rarestWindow.passages[0]
  const longest =
    longestMatch === null
      ? ''
      : ` The longest match has ${formatCount(longestMatch.characters)} characters, ${percent(longestMatch.share)} of the text.`
  const summary = `${escapeHtml(id)}: ${score.matched} of ${score.windows} windows, ${score.class}${evidence.view === 'exact' ? '' : ` (${evidence.view})`}`
  return `<details><summary>${summary}</summary><p>${describeEvidence(evidence)}${longest}</p><div class="pair"><div>${question}</div><div>${
    passage === undefined ? '' : renderPassage(passage)
  }</div></div></details>`
}

function describeEvidence({ rarestWindow, bestDocument, answer, boilerplate, category }: Evidence): string {
  const { count, documents } = rarestWindow
  const parts = [
    `The rarest window occurs ${plural(count, 'time')} in ${documents.isExact ? '' : 'about '}${plural(documents.count, 'document')}.`,
    bestDocument === null ? '' : `One document holds ${formatCount(bestDocument.windows)} of the windows.`,
    answer.status === 'found'
      ? `The answer follows after ${plural(answer.distance ?? 0, 'character')}.`
      : `Answer: ${answer.status}.`,
    boilerplate.isBoilerplate ? 'All found windows are boilerplate.' : '',
    `Category ${category.number}, decided by ${escapeHtml(category.decidedBy)}.`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function renderPassage({ document, text, matches, isCutBefore, isCutAfter }: Passage): string {
  const name =
    document.externalId === null
      ? `document ${document.document}`
      : `${document.externalId} (document ${document.document})`
  const metadata =
    document.metadata === null ? '' : `<p><code>${escapeHtml(document.metadata.slice(0, 500))}</code></p>`
  return `<pre>${isCutBefore ? '…' : ''}${markHtml(text, matches)}${isCutAfter ? '…' : ''}</pre><p>${escapeHtml(name)}</p>${metadata}`
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `12.5 %`, rounded as in the paper's tables. */
function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
