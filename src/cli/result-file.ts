/** How do results get into the file of `-o`? In pieces of 64 KiB, so that a million hits are no million writes. */
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'

const pieceUnits = 64 * 1024

export class ResultFile {
  #waiting = ''

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Empties the file or makes it. Throws `io-failure` naming the path, as the other methods do. */
  static async create(path: string): Promise<ResultFile> {
    return new ResultFile(path, await guardPath(path, () => open(path, 'w')))
  }

  async writeLine(line: string): Promise<void> {
    this.#waiting += `${line}\n`
    if (this.#waiting.length >= pieceUnits) await this.#flush()
  }

  /** Writes what waits, and closes the file whatever happens. */
  async close(): Promise<void> {
    try {
      await this.#flush()
    } finally {
      await guardPath(this.path, () => this.handle.close())
    }
  }

  async #flush(): Promise<void> {
    const piece = this.#waiting
    this.#waiting = ''
    if (piece !== '') await guardPath(this.path, () => this.handle.appendFile(piece))
  }
}

/** What the system refuses becomes `io-failure` with the path. */
export async function guardPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new OmnigramError('io-failure', `${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** Empties the file, when there is one to be: that it cannot be written is better said before the work than after. */
export async function prepareFile(path: string | undefined): Promise<void> {
  if (path !== undefined) await guardPath(path, () => writeFile(path, ''))
}

export async function writeWhole(path: string, text: string): Promise<void> {
  await guardPath(path, () => writeFile(path, text))
}
