/** What is a benchmark, once it was read? */

/** What is known of a benchmark beside its items. */
export interface BenchmarkInfo {
  readonly name: string
  /** Group of the bulletin: `Math`, `Code`, …; null when nothing was said. */
  readonly category: string | null
  readonly licence: string | null
  readonly link: string | null
  /** The part that was read: `test`, `validation`, … */
  readonly split: string | null
}

export interface BenchmarkItem {
  /** The benchmark's own name of the item, or `line N`. */
  readonly id: string
  /** Line or row in the file, from 1. */
  readonly line: number
  /** What is looked for: the question, or the passage of a reading task. Valid Unicode; may be empty. */
  readonly text: string
  /** The correct answer in words; null when the file has none. */
  readonly answer: string | null
  readonly subtask: string | null
}

/** The items of one benchmark, in the order of the file, with what is needed to know the file again. */
export interface Benchmark {
  readonly info: BenchmarkInfo
  /** Of the file. */
  readonly sha256: string
  readonly fileBytes: number
  /** Name of the layout by which the fields were found: see `layouts.ts`. */
  readonly layout: string
  /** The field that `text` was taken from. */
  readonly field: string
  readonly items: readonly BenchmarkItem[]
}
