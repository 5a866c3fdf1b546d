/** Which items do the rows of a benchmark file make up? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Benchmark, BenchmarkInfo, BenchmarkItem } from './benchmark.js'
import { benchmarkError } from './benchmark-error.js'
import type { BenchmarkFormat } from './benchmark-formats.js'
import { type BenchmarkRow, checkItemCount } from './benchmark-rows.js'
import { detectLayout, type Layout, layouts, plainLayout, readAnswer } from './layouts.js'

export interface BenchmarkOptions extends Partial<BenchmarkInfo> {
  /** How the file is called in messages and, without its endings, in the report; default: its name. */
  readonly label?: string
  /** Default: by the name. */
  readonly format?: BenchmarkFormat
  /** Name of one of {@link layouts}; default: the first whose fields are there. */
  readonly layout?: string
  /** Fields that override those of the layout. */
  readonly field?: string
  readonly answerField?: string
  readonly idField?: string
  readonly subtaskField?: string
  readonly signal?: AbortSignal
}

/** What is known of the file itself. */
export interface GatherOptions extends BenchmarkOptions {
  readonly stem: string
  readonly sha256: string
  readonly fileBytes: number
}

/** Columns of text that a Parquet file may have, the usual one first: each that it has not costs a process. */
export function parquetFields({ field, layout }: BenchmarkOptions): string[] {
  if (field !== undefined) return [field]
  if (layout !== undefined) return [findLayout(layout).text]
  return [...new Set(['question', ...layouts.map(({ text }) => text)])]
}

/** Throws `bad-benchmark` with file and line for a row that is no item, and for a file without any. */
export function gatherBenchmarks(rows: Iterable<BenchmarkRow>, label: string, options: GatherOptions): Benchmark[] {
  const groups = new Map<string, { info: BenchmarkInfo; items: BenchmarkItem[] }>()
  let layout: Layout | null = null
  let count = 0
  for (const row of rows) {
    layout ??= chooseLayout(row, label, options)
    const info = describe(row, options)
    const item = readItem(row, layout, label)
    const group = groups.get(info.name)
    if (group) group.items.push(item)
    else groups.set(info.name, { info, items: [item] })
    checkItemCount(++count, label)
  }
  if (layout === null) throw benchmarkError(label, 'holds no items')
  const { name, text } = layout
  const file = { sha256: options.sha256, fileBytes: options.fileBytes, layout: name, field: text }
  return [...groups.values()].map(({ info, items }) => ({ info, items, ...file }))
}

function chooseLayout({ line, fields }: BenchmarkRow, label: string, options: BenchmarkOptions): Layout {
  const { field, answerField, idField, subtaskField } = options
  const found = options.layout === undefined ? detectLayout(fields) : findLayout(options.layout)
  const layout = found ?? (field === undefined ? null : plainLayout(field))
  const names = Object.keys(fields)
    .slice(0, 32)
    .map((name) => JSON.stringify(name))
    .join(', ')
  if (layout === null) {
    throw benchmarkError(`${label}:${line}`, `the fields are of no known layout, name one with --field: ${names}`)
  }
  for (const wanted of [field ?? layout.text, answerField, idField, subtaskField]) {
    if (wanted !== undefined && !Object.hasOwn(fields, wanted)) {
      throw benchmarkError(`${label}:${line}`, `there is no field ${JSON.stringify(wanted)} but ${names || 'none'}`)
    }
  }
  return {
    ...layout,
    text: field ?? layout.text,
    answer: answerField ?? layout.answer,
    id: idField ?? layout.id,
    subtask: subtaskField ?? layout.subtask,
  }
}

function findLayout(name: string): Layout {
  const layout = layouts.find((candidate) => candidate.name === name)
  if (layout) return layout
  const names = layouts.map((candidate) => candidate.name).join(', ')
  throw new OmnigramError('bad-argument', `There is no layout ${JSON.stringify(name)}: take one of ${names}.`)
}

/** Rows in omnigram's own form name their benchmark and its category. */
function describe({ fields }: BenchmarkRow, options: GatherOptions): BenchmarkInfo {
  const own = options.name === undefined ? readText(fields.benchmark) : null
  const category = readText(fields.benchmark) === null ? null : readText(fields.category)
  return {
    name: options.name ?? own ?? options.stem,
    category: options.category ?? category,
    licence: options.licence ?? null,
    link: options.link ?? null,
    split: options.split ?? null,
  }
}

function readItem({ line, fields }: BenchmarkRow, layout: Layout, label: string): BenchmarkItem {
  const place = `${label}:${line}`
  const text = fields[layout.text]
  if (typeof text !== 'string') {
    const found = Object.hasOwn(fields, layout.text) ? `is ${describeType(text)}, not a string` : 'is missing'
    throw benchmarkError(place, `the field ${JSON.stringify(layout.text)} ${found}`)
  }
  if (text.length > limits.benchmarkTextUnits) {
    throw benchmarkError(place, `the text has ${text.length} UTF-16 units, more than ${limits.benchmarkTextUnits}`)
  }
  return {
    id: readText(layout.id === undefined ? undefined : fields[layout.id]) ?? `line ${line}`,
    line,
    text: text.toWellFormed(),
    answer: readAnswer(fields, layout)?.toWellFormed() ?? null,
    subtask: readText(layout.subtask === undefined ? undefined : fields[layout.subtask]),
  }
}

function describeType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`
}

function readText(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value.toWellFormed()
  return typeof value === 'number' ? String(value) : null
}
