/** Which rows and columns does the table have? */
import type { BenchmarkInfo, CellSummary, CorpusInfo, ReportAnswer, ReportHead, TableAnswer } from './answers.ts'
import type { Place } from './place.ts'
import { type Score, scoreCell } from './score.ts'

export interface MatrixCell {
  readonly report: ReportHead
  readonly benchmark: BenchmarkInfo
  readonly corpus: CorpusInfo
  readonly summary: CellSummary
  /** The view that the score is of. */
  readonly view: CellSummary['views'][number]
  readonly score: Score
}

export interface MatrixRow {
  readonly key: string
  readonly benchmark: BenchmarkInfo
  /** By name of the corpus. */
  readonly cells: ReadonlyMap<string, MatrixCell>
}

export interface MatrixGroup {
  readonly category: string | null
  readonly rows: readonly MatrixRow[]
}

export interface Matrix {
  readonly corpora: readonly CorpusInfo[]
  readonly groups: readonly MatrixGroup[]
  readonly rowCount: number
  /** Views that any cell has. */
  readonly views: readonly string[]
  readonly hasTrends: boolean
}

export const otherCategory = 'Other'

/** The table of an answer as a place wants it: chosen, scored, sorted, grouped. */
export function makeMatrix(answer: TableAnswer, place: Place): Matrix {
  const cells = answer.cells.flatMap((summary) => {
    const report = answer.reports.find(({ id }) => id === summary.report)
    return report ? (makeCell(report, summary, place) ?? []) : []
  })
  const corpora = listCorpora(cells)
  const rows = sortRows(
    listRows(cells).filter((row) => isWanted(row, place.filter)),
    place,
  )
  return {
    corpora,
    groups: place.isGrouped ? groupRows(rows) : [{ category: null, rows }],
    rowCount: rows.length,
    views: [...new Set(cells.flatMap(({ summary }) => summary.views.map(({ view }) => view)))],
    hasTrends: corpora.filter(({ corpusDate }) => corpusDate !== null).length > 1,
  }
}

/** The cells of a single report as a table. */
export function asTable({ report, cells }: ReportAnswer): TableAnswer {
  return { reports: [report], cells: cells.map((cell) => ({ ...cell, report: report.id })) }
}

function makeCell(report: ReportHead, summary: CellSummary, { view: wanted, threshold }: Place): MatrixCell | null {
  const benchmark = report.benchmarks.find(({ name }) => name === summary.benchmark)
  const corpus = report.indexes.find(({ name }) => name === summary.index)
  const view = wanted === null ? summary.views[0] : summary.views.find((candidate) => candidate.view === wanted)
  if (!benchmark || !corpus || !view) return null
  return { report, benchmark, corpus, summary, view, score: scoreCell(view, threshold) }
}

/** Dated ones in the order of their dates, after those without. */
function listCorpora(cells: readonly MatrixCell[]): CorpusInfo[] {
  const corpora = new Map(cells.map(({ corpus }) => [corpus.name, corpus]))
  return [...corpora.values()].sort((a, b) => compareTexts(a.corpusDate ?? '', b.corpusDate ?? ''))
}

/** Benchmarks of one name but of other content are other benchmarks. */
function listRows(cells: readonly MatrixCell[]): MatrixRow[] {
  const rows = new Map<string, MatrixRow & { readonly cells: Map<string, MatrixCell> }>()
  for (const cell of cells) {
    const { benchmark, corpus, report } = cell
    const key = report.table === 'core' ? benchmark.name : `${benchmark.name} ${benchmark.sha256}`
    const row = rows.get(key) ?? { key, benchmark, cells: new Map<string, MatrixCell>() }
    row.cells.set(corpus.name, cell)
    rows.set(key, row)
  }
  return [...rows.values()]
}

function isWanted({ benchmark: { name, category } }: MatrixRow, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/)
  const text = `${name} ${category ?? otherCategory}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Rows without a cell in the column by which they are sorted come last in either direction. */
function sortRows(rows: readonly MatrixRow[], { sort, isDescending }: Place): MatrixRow[] {
  const sign = isDescending ? -1 : 1
  const byName = (a: MatrixRow, b: MatrixRow) => compareTexts(a.benchmark.name, b.benchmark.name)
  if (sort === 'benchmark') return [...rows].sort((a, b) => sign * byName(a, b))
  const readValue = ({ benchmark, cells }: MatrixRow) =>
    sort === 'items' ? benchmark.items : (cells.get(sort)?.score.rate ?? null)
  return [...rows].sort((a, b) => {
    const [left, right] = [readValue(a), readValue(b)]
    if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1
    return sign * (left - right) || byName(a, b)
  })
}

function groupRows(rows: readonly MatrixRow[]): MatrixGroup[] {
  const categories = [...new Set(rows.map(({ benchmark }) => benchmark.category ?? otherCategory))]
  return categories
    .sort((a, b) => Number(a === otherCategory) - Number(b === otherCategory) || compareTexts(a, b))
    .map((category) => ({
      category,
      rows: rows.filter(({ benchmark }) => (benchmark.category ?? otherCategory) === category),
    }))
}

function compareTexts(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
