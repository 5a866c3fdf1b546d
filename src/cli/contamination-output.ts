/** How does a contamination report read on a terminal and as lines of JSON? */
import type { ContaminationReport, ReportCell, ReportItem, ViewSummary } from '../contamination/report.js'
import { formatCount } from '../core/units.js'
import { ResultFile } from './result-file.js'
import type { Terminal } from './terminal.js'

const barWidth = 20

/** One line a benchmark and index. */
export async function writeSummary(report: ContaminationReport, terminal: Terminal): Promise<void> {
  if (terminal.options.isJson) {
    for (const cell of report.cells) await terminal.writeJson(describeCell(cell))
    return
  }
  const nameWidth = Math.max(9, ...report.cells.map(({ benchmark }) => Array.from(benchmark).length))
  for (const { name, generation } of report.indexes) {
    await terminal.writeLine(terminal.style('bold', `${terminal.showText(name)} · generation ${generation}`))
    for (const cell of report.cells.filter(({ index }) => index === name)) {
      for (const [at, view] of cell.views.entries()) {
        const label = at === 0 ? terminal.showText(cell.benchmark) : `  ${view.view}`
        await terminal.writeLine(`${label.padEnd(nameWidth)}  ${formatView(view, terminal)}`)
      }
      if (cell.withShort) {
        await terminal.writeLine(`${'  with short'.padEnd(nameWidth)}  ${formatView(cell.withShort, terminal)}`)
      }
    }
  }
  terminal.note(describeMethod(report))
}

/** `██░░  12.5 % [10.1–15.0]  1,000 items: 125 dirty, 3 suspicious, 870 clean, 2 short`. */
function formatView(view: ViewSummary, terminal: Terminal): string {
  const { dirtyRate, interval, items, dirty, suspicious, clean, short, undecided } = view
  const rate = dirtyRate ?? 0
  const filled = rate === 0 ? 0 : Math.max(1, Math.round(rate * barWidth))
  const bar =
    terminal.style(rate === 0 ? 'dim' : 'red', '█'.repeat(filled)) +
    terminal.style('dim', '░'.repeat(barWidth - filled))
  const share = dirtyRate === null ? '   –  ' : `${(100 * rate).toFixed(1).padStart(5)} %`
  const isSample = interval !== null && interval[0] !== interval[1]
  const range = isSample ? ` [${interval.map((end) => (100 * end).toFixed(1)).join('–')}]` : ''
  const classes = `${formatCount(dirty)} dirty, ${formatCount(suspicious)} suspicious, ${formatCount(clean)} clean, ${formatCount(short)} short`
  const note = undecided === 0 ? '' : `, ${formatCount(undecided)} with undecided windows`
  return `${bar} ${share}${range}  ${formatCount(items)} items: ${classes}${note}`
}

function describeMethod({ method, date }: ContaminationReport): string {
  const { windowCharacters, suspiciousFrom, dirtyFrom, views } = method
  const thresholds = `suspicious from ${100 * suspiciousFrom} %, dirty from ${100 * dirtyFrom} % of the windows`
  return `windows of ${windowCharacters} characters at word starts, ${views.join(' and ')}; ${thresholds}; ${date}`
}

function describeCell({ benchmark, index, views, withShort, categories, boilerplate, answers }: ReportCell): object {
  const [{ view, ...first }] = views
  const more = { ...(views.length > 1 && { views }), ...(withShort !== null && { withShort }) }
  return { benchmark, index, view, ...first, categories, boilerplate, answers, ...more }
}

/** One line an item to the file of `--items`. */
export async function writeItems(report: ContaminationReport, path: string): Promise<void> {
  const file = await ResultFile.create(path)
  try {
    for (const cell of report.cells) {
      for (const item of cell.items) await file.writeLine(JSON.stringify(describeItem(cell, item)))
    }
  } finally {
    await file.close()
  }
}

function describeItem(
  { benchmark, index }: ReportCell,
  { id, line, views, wholeCount, longestMatch, evidence }: ReportItem,
) {
  const [{ windows, matched, undecided, eta, class: itemClass }] = views
  return {
    benchmark,
    id,
    windows,
    matched,
    eta,
    class: itemClass,
    index,
    line,
    undecided,
    ...(views.length > 1 && { views: views.map(({ counts, spans, ...score }) => score) }),
    ...(wholeCount !== null && { wholeCount }),
    longestMatch: longestMatch && { characters: longestMatch.characters, share: longestMatch.share },
    evidence: evidence && {
      rarestWindow: evidence.rarestWindow.text,
      count: evidence.rarestWindow.count,
      document: evidence.bestDocument && {
        document: evidence.bestDocument.passage.document.document,
        externalId: evidence.bestDocument.passage.document.externalId,
        windows: evidence.bestDocument.windows,
      },
      answer: evidence.answer.status,
      isBoilerplate: evidence.boilerplate.isBoilerplate,
      category: evidence.category.number,
    },
  }
}

/** 1 when a dirty rate of the first view is above the bound, as a gate. */
export function gateExitCode(
  { cells }: ContaminationReport,
  failAbove: number | undefined,
  terminal: Terminal,
): number {
  if (failAbove === undefined) return 0
  const above = cells.filter(({ views: [first] }) => (first.dirtyRate ?? 0) > failAbove)
  for (const { benchmark, index, views } of above) {
    const rate = (100 * (views[0].dirtyRate ?? 0)).toFixed(2)
    terminal.note(
      `${terminal.showText(benchmark)} in ${terminal.showText(index)}: ${rate} % is above ${100 * failAbove} %`,
    )
  }
  return above.length > 0 ? 1 : 0
}
