/** `omnigram contamination clean`: what is left of a benchmark, or what has to leave the corpus? */
import { cleanBenchmark, formatItem } from '../contamination/clean-benchmark.js'
import { findCorpusParts } from '../contamination/clean-corpus.js'
import type { ContaminationReport } from '../contamination/report.js'
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { readReportFile } from './contamination-files.js'
import { readFlaggedBenchmarks, withReaders } from './contamination-run.js'
import { ResultFile } from './result-file.js'
import type { WriteLine } from './terminal.js'
import { isSet, numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const [drop, cut] = [isSet(flags, 'drop'), isSet(flags, 'cut')]
  if (drop && cut) throw new OmnigramError('bad-argument', 'Documents are dropped or cut: give --drop or --cut.')
  const report = await readReportFile(textArg(call, 0))
  const path = textFlag(flags, 'output')
  const file = path === undefined ? null : await ResultFile.create(path)
  const write: WriteLine = (line) => (file === null ? terminal.writeLine(line) : file.writeLine(line))
  try {
    if (drop || cut) await listCorpusParts(call, report, drop, write)
    else await writeCleanBenchmarks(call, report, write)
  } finally {
    await file?.close()
  }
  return 0
}

async function writeCleanBenchmarks(
  { flags, terminal, signal }: VerbCall,
  report: ContaminationReport,
  write: WriteLine,
) {
  for (const benchmark of await readFlaggedBenchmarks(flags, signal)) {
    const { kept, removed, unchecked } = cleanBenchmark(benchmark, report)
    for (const item of kept) await write(formatItem(item, benchmark))
    const rest = unchecked === 0 ? '' : `, ${formatCount(unchecked)} of them not checked by the report`
    const name = terminal.showText(benchmark.info.name)
    terminal.note(`${name}: ${formatCount(removed)} dirty items left out, ${formatCount(kept.length)} kept${rest}`)
  }
}

async function listCorpusParts(call: VerbCall, report: ContaminationReport, isDrop: boolean, write: WriteLine) {
  const { flags, terminal, signal } = call
  const target = call.args[1] as string | undefined
  if (target === undefined) throw new OmnigramError('bad-argument', 'Name the index: contamination clean REPORT INDEX.')
  const { parts, frequentWindows } = await withReaders(call, [target], numberFlag(flags, 'workers'), ([reader]) =>
    findCorpusParts(reader, report, signal),
  )
  // A document that holds a window or two by chance is cut, but no reason to drop it.
  const listed = isDrop ? parts.filter(({ items }) => items.length > 0) : parts
  for (const { document, externalId, spans, items } of listed) {
    await write(JSON.stringify({ document, externalId, ...(isDrop ? { items } : { spans }) }))
  }
  const bytes = listed.flatMap(({ spans }) => spans).reduce((sum, [start, end]) => sum + end - start, 0)
  const what = isDrop ? 'documents to drop' : `documents, ${formatCount(bytes)} bytes to cut`
  terminal.note(`${formatCount(listed.length)} ${what}`)
  if (frequentWindows > 0) {
    terminal.note(
      `${formatCount(frequentWindows)} windows stand in too many places to be traces of an item: left alone`,
    )
  }
}
