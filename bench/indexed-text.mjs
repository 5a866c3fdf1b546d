/** What does the text of an index look like? Pieces of it from random documents, the same for the same seed. */
import { seedUniform } from '../dist/core/seed-uniform.js'

export class IndexedText {
  #reader

  constructor(reader, seed) {
    this.#reader = reader
    this.uniform = seedUniform(seed)
  }

  /** About so many bytes of text from a random document that has them. */
  async readPiece(bytes) {
    for (;;) {
      const document = Math.floor(this.uniform() * this.#reader.manifest.statistics.documents)
      const { symbolCount } = await this.#reader.documentInfo(document)
      if (symbolCount <= bytes) continue
      const start = Math.floor(this.uniform() * (symbolCount - bytes))
      return Buffer.from((await this.#reader.extract(document, start, start + bytes)).bytes).toString()
    }
  }

  /** So many words in a row. */
  async readWords(count) {
    for (;;) {
      const words = (await this.readPiece(12 * count + 100)).split(' ').slice(1, -1)
      if (words.length >= count) return words.slice(0, count)
    }
  }

  pick(list) {
    return list[Math.floor(this.uniform() * list.length)]
  }
}
