/** `omnigram repetition`: which strings of a length stand in an index more than once, and where are the copies? */
import { rm } from 'node:fs/promises'
import { availableParallelism, freemem } from 'node:os'
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import type { IndexReader } from '../query/index-reader.js'
import { measureRepetition } from '../repetition/measure-repetition.js'
import type { RepetitionOptions } from '../repetition/repetition-options.js'
import type { RepetitionReport } from '../repetition/repetition-report.js'
import { formatSpanLines } from '../repetition/span-lines.js'
import { isServerAddress, openFiles } from './open-reader.js'
import { RepetitionMeter } from './repetition-meter.js'
import { writeRepetition } from './repetition-output.js'
import { ResultFile } from './result-file.js'
import { isSet, numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

/** Share of the free memory that the marks may take when nothing is said. */
const memoryShare = 0.5

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const target = textArg(call, 0)
  if (isServerAddress(target)) {
    throw new OmnigramError(
      'bad-argument',
      `Repetition is measured where the files of the index are: ${target} is a server.`,
    )
  }
  const path = textFlag(flags, 'spans')
  if (path === undefined && isSet(flags, 'keepFirst')) {
    throw new OmnigramError('bad-argument', '--keep-first says which spans are written: name their file, --spans FILE.')
  }
  const reader = await openFiles(target, { workers: 0 }, call)
  const file = path === undefined ? null : await ResultFile.create(path)
  let report: RepetitionReport | null = null
  try {
    report = await measure(call, reader, file)
  } finally {
    terminal.clearProgress()
    await file?.close()
    // Some of the spans would look like all of them.
    if (path !== undefined && report === null) await rm(path, { force: true })
    await reader.close()
  }
  if (terminal.options.isJson) await terminal.writeJson(report)
  else await writeRepetition(report, terminal)
  return 0
}

async function measure({ flags, terminal, signal }: VerbCall, reader: IndexReader, file: ResultFile | null) {
  const isTokens = reader.manifest.symbols === 'tokens'
  const meter = new RepetitionMeter(reader.manifest.symbols, countSymbols(reader))
  let [documents, symbols] = [0, 0]
  const options: RepetitionOptions = {
    length: numberFlag(flags, 'length') ?? (isTokens ? 50 : 100),
    field: textFlag(flags, 'by') ?? null,
    epochs: flags.epochs as ReadonlyMap<string, number> | undefined,
    top: numberFlag(flags, 'top'),
    copies: isSet(flags, 'keepFirst') ? 'later' : 'all',
    memoryBytes: numberFlag(flags, 'memory') ?? Math.floor(freemem() * memoryShare),
    threads: numberFlag(flags, 'threads') ?? availableParallelism(),
    sampleGrams: numberFlag(flags, 'sample'),
    seed: numberFlag(flags, 'seed'),
    signal,
    onProgress: (progress) => terminal.showProgress(meter.format(progress)),
    ...(file && {
      onSpans: async (batch) => {
        documents += batch.documents.length
        for (const { line, removed } of formatSpanLines(batch)) {
          symbols += removed
          await file.writeLine(line)
        }
      },
    }),
  }
  const report = await measureRepetition(reader, options)
  terminal.clearProgress()
  if (file) terminal.note(`spans: ${formatCount(symbols)} ${report.symbols} of ${formatCount(documents)} documents`)
  return report
}

function countSymbols({ manifest: { symbols, statistics } }: IndexReader): number {
  return symbols === 'tokens' ? (statistics.symbolCount ?? 0) : statistics.textBytes
}
