/** `omnigram cut`: a corpus without the spans that `repetition` or `contamination clean --cut` listed. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { type Corpus, openCorpus } from '../corpus/corpus.js'
import type { CorpusOptions } from '../corpus/corpus-options.js'
import { cutCorpus } from '../repetition/cut-corpus.js'
import { type DocumentSpans, parseSpanLine } from '../repetition/span-lines.js'
import { ResultFile } from './result-file.js'
import type { Terminal, WriteLine } from './terminal.js'
import { isSet, listArg, textArg, textFlag, type VerbCall } from './verb.js'

const reportEveryMs = 100

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const path = textFlag(flags, 'output')
  if (path === undefined && terminal.options.isJson) {
    throw new OmnigramError('bad-argument', 'With --json standard output is for the summary: name a file, -o FILE.')
  }
  const idsField = textFlag(flags, 'idsField') ?? null
  const textField = textFlag(flags, 'textField') ?? 'text'
  const corpus = await openCorpus(listArg(call, 1), {
    format: textFlag(flags, 'format') ?? null,
    textField,
    ids:
      idsField === null
        ? null
        : { field: idsField, type: null, documentSeparator: null, vocabulary: limits.vocabulary },
    idField: textFlag(flags, 'idField') ?? null,
    invalidUtf8: textFlag(flags, 'invalidUtf8') as CorpusOptions['invalidUtf8'],
    strict: isSet(flags, 'strict'),
    signal,
  })
  const file = path === undefined ? null : await ResultFile.create(path)
  const write: WriteLine = (line) => (file === null ? terminal.writeLine(line) : file.writeLine(line))
  const timer = showProgress(corpus, terminal)
  try {
    const options = { field: idsField ?? textField, dropsEmpty: isSet(flags, 'dropEmpty') }
    const summary = await cutCorpus(corpus, readSpans(textArg(call, 0), signal), write, options)
    terminal.clearProgress()
    if (terminal.options.isJson) await terminal.writeJson({ ...summary, skipped: corpus.report.summarize().skipped })
    const { documents, cutDocuments, emptiedDocuments, removedSymbols } = summary
    const what = `${formatCount(removedSymbols)} ${idsField === null ? 'bytes' : 'tokens'} taken`
    terminal.note(`${what} from ${formatCount(cutDocuments)} of ${formatCount(documents)} documents`)
    if (emptiedDocuments > 0) terminal.note(`${formatCount(emptiedDocuments)} documents have nothing left`)
    return 0
  } finally {
    clearInterval(timer)
    terminal.clearProgress()
    await file?.close()
  }
}

/** Throws `io-failure` for the file, `bad-input` for a line. */
async function* readSpans(path: string, signal: AbortSignal): AsyncGenerator<DocumentSpans> {
  const input = createReadStream(path, { signal })
  let number = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      if (line.trim() !== '') yield parseSpanLine(line, `${path}:${number}`)
    }
  } catch (thrown) {
    if (thrown instanceof OmnigramError) throw thrown
    if (signal.aborted)
      throw new OmnigramError('cancelled', 'The caller no longer wants the answer.', { cause: thrown })
    throw new OmnigramError('io-failure', `${path}: ${(thrown as Error).message}`, { cause: thrown })
  } finally {
    input.destroy()
  }
}

function showProgress(corpus: Corpus, terminal: Terminal): NodeJS.Timeout {
  const startedAtMs = performance.now()
  const show = () => {
    const { inputBytes, readBytes } = corpus.estimate()
    const elapsedMs = performance.now() - startedAtMs
    const parts = [
      `cut     ${inputBytes ? `${((100 * readBytes) / inputBytes).toFixed(0).padStart(3)} %` : formatBytes(readBytes)}`,
      `${formatCount(corpus.report.documents)} documents`,
      `${(readBytes / elapsedMs / 1e3).toFixed(1)} MB/s`,
    ]
    if (inputBytes && readBytes > 0) {
      parts.push(`ETA ${formatDuration((elapsedMs * Math.max(0, inputBytes - readBytes)) / readBytes)}`)
    }
    terminal.showProgress(parts.join(' · '))
  }
  return setInterval(show, reportEveryMs).unref()
}
