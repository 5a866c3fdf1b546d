/** Is a window of an item no more than a phrase that stands everywhere? */
import type { IndexReader } from '../query/index-reader.js'
import { askPatiently } from './ask-patiently.js'
import type { SoughtWindow } from './count-windows.js'
import { matchingOf, type ViewName } from './views.js'
import type { ViewText } from './windows.js'

/** Above so many documents, or items of the benchmark itself, a window is boilerplate. */
export const boilerplateDocuments = 100
export const boilerplateItems = 10

/** Knows the windows of one benchmark in one view, and asks the index for documents when their occurrences are many. */
export class BoilerplateFinder {
  readonly #itemCounts = new Map<string, number>()
  readonly #frequent = new Map<string, Promise<boolean>>()

  constructor(
    readonly reader: IndexReader,
    readonly view: ViewName,
    texts: readonly ViewText[],
    readonly signal?: AbortSignal,
  ) {
    for (const { text, windows } of texts) {
      const distinct = new Set(windows.map(({ start, end }) => text.slice(start, end)))
      for (const window of distinct) this.#itemCounts.set(window, (this.#itemCounts.get(window) ?? 0) + 1)
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
