/** What does the reader of one file know beside its bytes? */
import type { CorpusDocument } from '../core/document.js'
import type { CorpusOptions } from './corpus-options.js'
import type { ReadReport } from './read-report.js'
import { problemError } from './read-report.js'
import type { RecordDefect } from './select-fields.js'

/** Documents that are handed on at once: a chunk of input's worth. */
export type DocumentBatch = readonly CorpusDocument[]

/** A file under its name, with the choices it is read by and the report it is counted in. */
export class FileContext {
  constructor(
    readonly path: string,
    readonly options: CorpusOptions,
    readonly report: ReadReport,
  ) {}

  /** Reports that the record on `line` (from 1), or the whole file, was skipped. Throws in strict mode. */
  skip(line: number | null, { kind, detail }: RecordDefect): void {
    this.report.addProblem({ kind, path: this.path, line, detail })
  }

  /**
   * Applies the policy to a document in which `replacedCount` parts were not Unicode: true keeps it.
   *
   * Throws `bad-input` when the policy is `fail`.
   */
  allowReplacements(line: number, replacedCount: number): boolean {
    if (replacedCount === 0) return true
    const { invalidUtf8 } = this.options
    const detail = `${replacedCount} part${replacedCount === 1 ? ' is' : 's are'} not valid UTF-8`
    if (invalidUtf8 === 'fail') throw problemError({ kind: 'invalid-utf8', path: this.path, line, detail })
    if (invalidUtf8 === 'skip') {
      this.skip(line, { kind: 'invalid-utf8', detail })
      return false
    }
    this.report.replacedCharacters += replacedCount
    return true
  }

  /** The defect of a text above the limit, or `null`. */
  findLengthDefect(textBytes: number): RecordDefect | null {
    const { maxTextBytes } = this.options
    if (textBytes <= maxTextBytes) return null
    return { kind: 'too-long', detail: `the text has ${textBytes} bytes, more than the ${maxTextBytes} of a document` }
  }
}
