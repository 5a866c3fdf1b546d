/** What does the bulletin say to who has no script? The table of the core reports, as HTML. */
import type { ContaminationDesk } from './contamination/contamination-desk.js'
import { chooseCells, type TableCell, type TableReport } from './contamination/contamination-table.js'
import type { Client } from './guards/api-keys.js'
import { escapeHtml, type WebPage } from './web-pages.js'

/** `visitor` is who comes without a key; null where nobody may. */
export function makeBulletinPage(desk: ContaminationDesk, visitor: Client | null): WebPage {
  const reader = visitor?.hasScope('count') ? visitor : null
  return { path: '/bulletin', frame: 'bulletin.html', content: () => renderBulletin(desk, reader) }
}

function renderBulletin(desk: ContaminationDesk, visitor: Client | null): string {
  const reports = visitor ? desk.listReports('core') : []
  const cells = visitor ? chooseCells(reports, (index) => visitor.mayRead(index)) : []
  return [
    '<div class="site"><main class="bulletin">',
    '<h1>Benchmark contamination</h1>',
    '<p>Which test sets stand in which corpora? A number is the share of a benchmark’s items of which at least 80 % of the',
    ' windows are in the corpus, word for word.</p>',
    visitor === null ? '<p>This server answers with an API key alone.</p>' : renderTable(reports, cells),
    '<p>By script this page also sorts, filters and shows the evidence. The same numbers are at',
    ' <a href="/v1/contamination/cells">/v1/contamination/cells</a>.</p>',
    '</main></div>',
  ].join('')
}

export function renderTable(reports: readonly TableReport[], cells: readonly TableCell[]): string {
  if (cells.length === 0) return '<p>There are no reports yet.</p>'
  const corpora = [...new Set(cells.map(({ index }) => index))]
  const rows = listRows(reports, cells)
  const groups = [...new Set(rows.map(({ category }) => category))].sort()
  return [
    '<table class="matrix"><caption>Dirty rate of each benchmark in each corpus, with its 95 % interval</caption>',
    `<thead><tr><th scope="col">Benchmark</th><th scope="col">Items</th>${corpora.map(renderHead).join('')}</tr></thead>`,
    ...groups.map((category) => renderGroup(category, rows, corpora)),
    '</table>',
  ].join('')
}

interface Row {
  readonly benchmark: string
  readonly category: string
  readonly items: number
  /** By name of the index. */
  readonly cells: ReadonlyMap<string, { readonly cell: TableCell; readonly date: string }>
}

function listRows(reports: readonly TableReport[], cells: readonly TableCell[]): Row[] {
  return [...new Set(cells.map(({ benchmark }) => benchmark))].sort().map((benchmark) => {
    const own = cells.filter((cell) => cell.benchmark === benchmark)
    const dated = own.map((cell) => {
      const report = reports.find(({ id }) => id === cell.report)
      return [cell.index, { cell, date: report?.summary.date.slice(0, 10) ?? '' }] as const
    })
    const home = reports.find(({ id }) => id === own[0].report)
    const info = home?.summary.benchmarks.find(({ name }) => name === benchmark)
    return { benchmark, category: info?.category ?? 'Other', items: info?.items ?? 0, cells: new Map(dated) }
  })
}

function renderHead(index: string): string {
  return `<th scope="col">${escapeHtml(index)}</th>`
}

function renderGroup(category: string, rows: readonly Row[], corpora: readonly string[]): string {
  const own = rows.filter((row) => row.category === category)
  const head = `<tr class="matrix-group"><th scope="rowgroup" colspan="${corpora.length + 2}">${escapeHtml(category)}</th></tr>`
  const lines = own.map(({ benchmark, items, cells }) => {
    const numbers = corpora.map((index) => `<td>${renderCell(cells.get(index))}</td>`).join('')
    return `<tr><th scope="row">${escapeHtml(benchmark)}</th><td>${items}</td>${numbers}</tr>`
  })
  return `<tbody>${head}${lines.join('')}</tbody>`
}

function renderCell(found: { readonly cell: TableCell; readonly date: string } | undefined): string {
  if (!found) return '–'
  const [{ dirtyRate, interval, dirty, items, short }] = found.cell.views
  if (dirtyRate === null) return 'short'
  const range = interval ? `, ${formatPercent(interval[0])}–${formatPercent(interval[1])} %` : ''
  const detail = `${dirty} of ${items - short}${range}, ${escapeHtml(found.date)}`
  return `${formatPercent(dirtyRate)} % <span class="matrix-detail">${detail}</span>`
}

function formatPercent(share: number): string {
  return (100 * share).toFixed(1)
}
