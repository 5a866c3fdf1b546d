/** What was read from the input, and what was not, and why? */
import type { CorpusDocument, ReadProblem, ReadProblemKind } from '../core/document.js'
import { OmnigramError } from '../core/errors.js'

/** Problems that are listed; all are counted. */
const listedCount = 20

/** What is left out by nature rather than for a defect of the input: reported, but no reason for `strict` to stop. */
const harmlessKinds: ReadonlySet<ReadProblemKind> = new Set<ReadProblemKind>(['hidden-file', 'unsupported-record'])

/** The report as plain data, to print or to keep. */
export interface ReadSummary {
  readonly files: number
  /** Bytes taken from disk or standard input, before decompression. */
  readonly inputBytes: number
  readonly documents: number
  readonly textBytes: number
  /** U+FFFD characters put in place of what was not Unicode. */
  readonly replacedCharacters: number
  /** How many problems there were of each kind. */
  readonly skipped: Readonly<Partial<Record<ReadProblemKind, number>>>
  /** The first problems of each kind, in the order of the input, then the first of what is left out by nature. */
  readonly problems: readonly ReadProblem[]
}

interface ListedProblem {
  readonly problem: ReadProblem
  /** How many were listed before, of all kinds. */
  readonly order: number
  /** How many of its kind came before. */
  readonly rank: number
}

/** Counts while a corpus is read. */
export class ReadReport {
  files = 0
  inputBytes = 0
  documents = 0
  textBytes = 0
  /** Of ready token ids, 4 bytes each. */
  idBytes = 0
  replacedCharacters = 0
  readonly #listed: ListedProblem[] = []
  readonly #counts = new Map<ReadProblemKind, number>()

  constructor(readonly isStrict: boolean) {}

  /** Counts documents; returns the bytes of their texts and ids. */
  addDocuments(documents: readonly CorpusDocument[]): number {
    const textBytes = documents.reduce((sum, { text }) => sum + text.length, 0)
    const idBytes = documents.reduce((sum, { tokens }) => sum + (tokens?.byteLength ?? 0), 0)
    this.documents += documents.length
    this.textBytes += textBytes
    this.idBytes += idBytes
    return textBytes + idBytes
  }

  /** Takes back a document that was counted: it turned out later that it cannot be indexed. Throws in strict mode. */
  dropDocument({ text, source }: CorpusDocument, kind: ReadProblemKind, detail: string): void {
    this.addProblem({ kind, ...source, detail })
    this.documents -= 1
    this.textBytes -= text.length
  }

  /** Counts a problem. Throws it as `bad-input` in strict mode, unless it is harmless. */
  addProblem(problem: ReadProblem): void {
    if (this.isStrict && !isHarmless(problem)) throw problemError(problem)
    const rank = this.#counts.get(problem.kind) ?? 0
    this.#counts.set(problem.kind, rank + 1)
    if (rank < listedCount) this.#listed.push({ problem, order: this.#listed.length, rank })
  }

  summarize(): ReadSummary {
    const { files, inputBytes, documents, textBytes, replacedCharacters } = this
    const kinds = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      files,
      inputBytes,
      documents,
      textBytes,
      replacedCharacters,
      skipped: Object.fromEntries(kinds),
      problems: chooseProblems(this.#listed),
    }
  }
}

/** A few of each kind rather than many of one: a damaged file must not go unnamed for the lines that came out of it. */
function chooseProblems(listed: readonly ListedProblem[]): ReadProblem[] {
  const harmlessLast = (a: ListedProblem, b: ListedProblem) =>
    Number(isHarmless(a.problem)) - Number(isHarmless(b.problem))
  return [...listed]
    .sort((a, b) => harmlessLast(a, b) || a.rank - b.rank || a.order - b.order)
    .slice(0, listedCount)
    .sort((a, b) => harmlessLast(a, b) || a.order - b.order)
    .map(({ problem }) => problem)
}

function isHarmless({ kind }: ReadProblem): boolean {
  return harmlessKinds.has(kind)
}

/** The problem as an error that ends the reading: `file:line reason`. */
export function problemError({ path, line, detail }: ReadProblem): OmnigramError {
  return new OmnigramError('bad-input', `${line === null ? path : `${path}:${line}`} ${detail}`)
}

/** Why the rest of a file cannot be read. The reader of the corpus reports it and goes on with the next file. */
export class FileFailure extends Error {
  override readonly name = 'FileFailure'

  constructor(
    readonly problemKind: ReadProblemKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
