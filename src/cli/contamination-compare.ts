/** `omnigram contamination compare`: what changed between two reports? */
import { type CellChange, compareReports, type RateSummary } from '../contamination/compare-reports.js'
import { formatCount } from '../core/units.js'
import { readReportFile } from './contamination-files.js'
import { ResultFile } from './result-file.js'
import type { Terminal } from './terminal.js'
import { textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags } = call
  const changes = compareReports(await readReportFile(textArg(call, 0)), await readReportFile(textArg(call, 1)))
  for (const change of changes) await writeChange(change, terminal)
  const path = textFlag(flags, 'items')
  if (path !== undefined) await writeItems(changes, path)
  return 0
}

async function writeChange({ items, ...change }: CellChange, terminal: Terminal): Promise<void> {
  if (terminal.options.isJson) return terminal.writeJson({ ...change, changedItems: items.length })
  const { benchmark, index, before, after, difference } = change
  const points =
    difference === null ? '' : ` (${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(1)} points)`
  const name = terminal.style('bold', terminal.showText(`${benchmark} in ${index}`))
  const rates = `${formatRate(before)} → ${formatRate(after)}${points}`
  await terminal.writeLine(`${name}: ${rates}, ${formatCount(items.length)} items changed their class`)
  const others = [
    change.sameBenchmark ? '' : 'another benchmark file',
    change.sameMethod ? '' : 'another method',
    change.sameIndex ? '' : 'another state of the index',
  ].filter((other) => other !== '')
  if (before && after && others.length > 0) terminal.note(`  ${others.join(', ')}`)
}

function formatRate(summary: RateSummary | null): string {
  if (summary === null) return 'not there'
  return summary.dirtyRate === null ? 'nothing tested' : `${(100 * summary.dirtyRate).toFixed(1)} %`
}

async function writeItems(changes: readonly CellChange[], path: string): Promise<void> {
  const file = await ResultFile.create(path)
  try {
    for (const { benchmark, index, items } of changes) {
      for (const item of items) await file.writeLine(JSON.stringify({ benchmark, index, ...item }))
    }
  } finally {
    await file.close()
  }
}
