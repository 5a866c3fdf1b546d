/** Is a window of an item no more than a phrase that stands everywhere? */
import type { IndexReader } from '../query/index-reader.js'
import { askPatiently } from './ask-patiently.js'
import type { BenchmarkItem } from './benchmark.js'
import type { SoughtWindow } from './count-windows.js'
import { matchingOf, type ViewName } from './views.js'
import { type ViewText, viewText } from './windows.js'

/** Above so many documents, or items of the benchmark itself, a window is boilerplate. */
export const boilerplateDocuments = 100
export const boilerplateItems = 10

/** Knows in how many items of a benchmark each found window stands, in one view, and asks the index for documents when their occurrences are many. */
export class BoilerplateFinder {
  readonly #itemCounts = new Map<string, number>()
  readonly #frequent = new Map<string, Promise<boolean>>()

  constructor(
    readonly reader: IndexReader,
    readonly view: ViewName,
    items: readonly BenchmarkItem[],
    /** Found windows of the items, of those that are asked about. */
    found: readonly (readonly SoughtWindow[])[],
    readonly signal?: AbortSignal,
  ) {
    const wanted = new Set<string>()
    items.forEach((item, at) => {
      if (found[at].length === 0) return
      const { text } = viewText(item.text, view)
      for (const { start, end } of found[at]) wanted.add(text.slice(start, end))
    })
    for (const item of wanted.size > 0 ? items : []) {
      const { text, windows } = viewText(item.text, view)
      const distinct = new Set(windows.map(({ start, end }) => text.slice(start, end)))
      for (const window of distinct) {
        if (wanted.has(window)) this.#itemCounts.set(window, (this.#itemCounts.get(window) ?? 0) + 1)
      }
    }
  }

  /** Found windows that are boilerplate. */
  async countIn({ text }: ViewText, found: readonly SoughtWindow[]): Promise<number> {
    let boilerplate = 0
    for (const window of found) {
      const isShared = (this.#itemCounts.get(text.slice(window.start, window.end)) ?? 0) > boilerplateItems
      if (isShared || (await this.#isInManyDocuments(window))) boilerplate++
    }
    return boilerplate
  }

  async #isInManyDocuments({ count, patterns }: SoughtWindow): Promise<boolean> {
    if ((count ?? 0) <= boilerplateDocuments) return false
    const [pattern] = patterns
    const known = this.#frequent.get(pattern)
    if (known) return known
    const asked = this.#countDocuments(pattern)
    this.#frequent.set(pattern, asked)
    return asked
  }

  async #countDocuments(pattern: string): Promise<boolean> {
    const { reader, view, signal } = this
    const match = await askPatiently(signal, () => reader.find(pattern, { matching: matchingOf(view), signal }))
    const { count } = await askPatiently(signal, () => reader.countDocuments(match, { signal }))
    return count > boilerplateDocuments
  }
}
