/** Which indexes are served, under which names? */
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import type { Client } from './guards/api-keys.js'

/** Indexes that a request read together at most. */
const maxTogether = 16

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Whether a name can stand in a path: up to 64 letters, digits, `.`, `_`, `-`, the first a letter or a digit. */
export function isIndexName(name: string): boolean {
  return nameForm.test(name)
}

export interface ServedIndexes {
  list(): readonly IndexReader[]
  /** The reader of one name, or of several with commas between them. Throws `unknown-index`. */
  open(names: string): IndexReader
}

export interface IndexSource {
  readonly name: string
  /** The live reader; another one after a new generation was published. */
  current(): IndexReader
}

/** Indexes by name, and readers over several of them, made once a state. */
export class IndexRegistry implements ServedIndexes {
  readonly #sources: ReadonlyMap<string, IndexSource>
  readonly #join: (readers: readonly IndexReader[]) => IndexReader
  readonly #joined = new Map<string, { readers: readonly IndexReader[]; reader: IndexReader }>()

  /** Throws `bad-argument` for two of one name, or a name that cannot stand in a path. */
  constructor(sources: readonly IndexSource[], join: (readers: readonly IndexReader[]) => IndexReader) {
    for (const [at, { name }] of sources.entries()) {
      if (!isIndexName(name)) {
        throw new OmnigramError('bad-argument', `An index cannot be served as '${name}': ${nameForm.source}.`)
      }
      if (sources.findIndex((source) => source.name === name) < at) {
        throw new OmnigramError('bad-argument', `Two indexes are named '${name}'; rename one of the folders.`)
      }
    }
    this.#sources = new Map(sources.map((source) => [source.name, source]))
    this.#join = join
  }

  list(): readonly IndexReader[] {
    return [...this.#sources.values()].map((source) => source.current())
  }

  open(names: string): IndexReader {
    const source = this.#sources.get(names)
    if (source) return source.current()
    const wanted = names.split(',')
    if (wanted.length > maxTogether) {
      throw new OmnigramError('bad-argument', `${wanted.length} indexes at once, the limit is ${maxTogether}.`)
    }
    if (new Set(wanted).size < wanted.length) {
      throw new OmnigramError('bad-argument', 'An index is named twice; it would count twice.')
    }
    return this.#openTogether(
      wanted.map((name) => {
        const found = this.#sources.get(name)
        if (!found) throw new OmnigramError('unknown-index', `'${name.slice(0, 100)}' is not served.`)
        return found.current()
      }),
    )
  }

  #openTogether(readers: readonly IndexReader[]): IndexReader {
    if (readers.length === 1) return readers[0]
    const key = readers.map(({ name }) => name).join(',')
    const known = this.#joined.get(key)
    if (known?.readers.every((reader, at) => reader === readers[at])) return known.reader
    const reader = this.#join(readers)
    if (this.#joined.size >= 256) this.#joined.clear()
    this.#joined.set(key, { readers, reader })
    return reader
  }
}

/** Those indexes that the client may read; of the others it does not even learn that they exist. */
export function restrictIndexes(served: ServedIndexes, client: Client): ServedIndexes {
  return {
    list: () => served.list().filter(({ name }) => client.mayRead(name)),
    open: (names) => {
      const hidden = names.split(',').find((name) => !client.mayRead(name))
      if (hidden !== undefined) throw new OmnigramError('unknown-index', `'${hidden.slice(0, 100)}' is not served.`)
      return served.open(names)
    },
  }
}
