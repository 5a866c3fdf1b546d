/** Which whole lines stand in a piece of a file, and how much around them was read for nothing? */
import type { Buffer } from 'node:buffer'

const lineFeed = 0x0a

export class SampleLines {
  /** Read, but of lines that are not part of the piece. */
  passedBytes = 0
  readonly #skipsFirst: boolean
  readonly #wantedBytes: number

  /** With `skipsFirst` what comes before the first line feed is the end of another line. */
  constructor(skipsFirst: boolean, wantedBytes: number) {
    this.#skipsFirst = skipsFirst
    this.#wantedBytes = wantedBytes
  }

  /** Lines of at least so many bytes, or to the end of the chunks; the last one whole. */
  async *take(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let isSkipping = this.#skipsFirst
    let takenBytes = 0
    for await (const chunk of chunks) {
      const firstEnd = isSkipping ? chunk.indexOf(lineFeed) : -1
      if (isSkipping && firstEnd < 0) {
        this.passedBytes += chunk.length
        continue
      }
      isSkipping = false
      const rest = chunk.subarray(firstEnd + 1)
      this.passedBytes += firstEnd + 1
      const enough = Math.max(0, this.#wantedBytes - takenBytes - 1)
      const lastEnd = enough < rest.length ? rest.indexOf(lineFeed, enough) : -1
      const taken = lastEnd < 0 ? rest : rest.subarray(0, lastEnd + 1)
      takenBytes += taken.length
      yield taken
      if (lastEnd < 0) continue
      this.passedBytes += rest.length - taken.length
      return
    }
  }
}
