/** What does the server answer about contamination? The fields that the page reads. */

export type TableName = 'core' | 'community'
export type ItemClass = 'clean' | 'suspicious' | 'dirty' | 'short'
export type Interval = readonly [number, number]

export interface Method {
  readonly windowCharacters: number
  readonly views: readonly string[]
  readonly suspiciousFrom: number
  readonly dirtyFrom: number
  readonly sampleItems: number | null
  readonly seed: number
  readonly judge: string | null
}

export interface CorpusInfo {
  readonly name: string
  readonly generation: string
  readonly documents: number
  readonly textBytes: number
  readonly corpusDate: string | null
}

export interface BenchmarkInfo {
  readonly name: string
  readonly category: string | null
  readonly licence: string | null
  readonly link: string | null
  readonly split: string | null
  readonly sha256: string
  readonly field: string
  readonly itemsInFile: number
  readonly items: number
  readonly duplicates: number
}

export interface ReportHead {
  readonly id: string
  readonly table: TableName | null
  readonly publishedAt: string | null
  readonly program: string
  readonly date: string
  readonly method: Method
  readonly indexes: readonly CorpusInfo[]
  readonly benchmarks: readonly BenchmarkInfo[]
}

export interface CellView {
  readonly view: string
  readonly items: number
  readonly short: number
  readonly undecided: number
  /** Items with a window in the whole benchmark. */
  readonly population: number
  readonly dirtyRate: number | null
  readonly interval: Interval | null
  /** Items by the whole percent of their windows that was found. */
  readonly histogram: readonly (readonly [number, number])[]
}

export interface CellSummary {
  readonly benchmark: string
  readonly index: string
  readonly views: readonly CellView[]
  readonly categories: Readonly<Record<'1' | '2' | '3' | '4', number>>
  readonly boilerplate: number
  readonly answers: number
}

export interface TableAnswer {
  readonly reports: readonly ReportHead[]
  /** `report`: id of the report that the cell is from. */
  readonly cells: readonly (CellSummary & { readonly report: string })[]
}

export interface ReportAnswer {
  readonly report: ReportHead
  readonly cells: readonly CellSummary[]
}

/** Start and end in UTF-16 units. */
export type Span = readonly [number, number]

export interface ItemView {
  readonly view: string
  readonly windows: number
  readonly matched: number
  readonly undecided: number
  readonly eta: number | null
  readonly spans: readonly Span[]
}

export interface LongestMatch {
  readonly characters: number
  readonly share: number
  readonly count: number
}

export interface ListedItem {
  readonly id: string
  readonly line: number
  readonly subtask: string | null
  readonly characters: number
  readonly text: string | null
  readonly views: readonly ItemView[]
  readonly longestMatch: LongestMatch | null
  readonly category: number | null
  readonly isBoilerplate: boolean | null
  readonly answer: AnswerStatus | null
  readonly foundText: string | null
}

export type AnswerStatus = 'found' | 'not-found' | 'not-testable' | 'absent'

export interface ItemsAnswer {
  readonly count: number
  readonly items: readonly ListedItem[]
}

export interface CorpusDocument {
  readonly index: string
  readonly document: number
  readonly externalId: string | null
  readonly metadata: string | null
  readonly textBytes: number
}

export interface Passage {
  readonly document: CorpusDocument
  readonly text: string
  /** Byte offset of the passage in the document. */
  readonly startOffset: number
  readonly matches: readonly Span[]
  readonly isCutBefore: boolean
  readonly isCutAfter: boolean
}

export interface Evidence {
  readonly view: string
  readonly rarestWindow: {
    readonly text: string
    readonly count: number
    readonly documents: { readonly count: number; readonly isExact: boolean }
    readonly passages: readonly Passage[]
  }
  readonly bestDocument: {
    readonly windows: number
    readonly share: number
    readonly isExact: boolean
    readonly passage: Passage
  } | null
  readonly answer: {
    readonly status: AnswerStatus
    readonly distance: number | null
    readonly passage: Passage | null
  }
  readonly boilerplate: { readonly windows: number; readonly isBoilerplate: boolean }
  readonly category: { readonly number: number; readonly decidedBy: string }
}

export interface EvidenceAnswer {
  readonly date: string
  readonly method: Method
  readonly benchmark: BenchmarkInfo
  readonly index: CorpusInfo
  readonly isServed: boolean
  readonly item: Omit<ListedItem, 'category' | 'isBoilerplate' | 'answer' | 'foundText'> & {
    readonly evidence: Evidence | null
  }
}

export interface Check {
  readonly id: string
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly name: string
  readonly indexes: readonly string[]
  readonly itemsInFile: number
  readonly waiting: number
  readonly progress: {
    readonly phase: 'count' | 'evidence'
    readonly index: string
    readonly itemsDone: number
    readonly items: number
    readonly share: number
    readonly itemsPerSecond: number
    readonly etaMs: number | null
  } | null
  readonly problem: {
    readonly code: string
    readonly title: string
    readonly detail: string
    readonly hint: string
  } | null
  readonly expiresAt: string | null
  readonly publishedAt: string | null
  readonly report: string | null
}

export interface CheckAnswer {
  readonly check: Check
}
