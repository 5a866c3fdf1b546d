/** `omnigram evidence make`: what can others check? */
import { version } from '../api/version.js'
import { formatBundle } from '../contamination/evidence-bundle.js'
import { makeEvidence } from '../contamination/make-evidence.js'
import { formatCount } from '../core/units.js'
import { readKeyFile, readReportFile } from './contamination-files.js'
import { withReaders } from './contamination-run.js'
import { prepareFile, writeWhole } from './result-file.js'
import { listFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const path = textFlag(flags, 'output')
  const privateKey = await readKeyFile(textFlag(flags, 'sign'))
  const report = await readReportFile(textArg(call, 0))
  await prepareFile(path)
  const content = await withReaders(call, [textArg(call, 1)], 1, ([reader]) =>
    makeEvidence(reader, report, {
      benchmarks: listFlag(flags, 'benchmark'),
      items: listFlag(flags, 'item'),
      date: textFlag(flags, 'date') ?? new Date().toISOString(),
      programVersion: version,
      signal,
    }),
  )
  const bundle = formatBundle(content, privateKey)
  if (path === undefined) await terminal.write(bundle)
  else await writeWhole(path, bundle)
  const spans = content.items.reduce((sum, item) => sum + item.spans.length, 0)
  const signed = privateKey === null ? 'not signed' : 'signed'
  terminal.note(`${formatCount(content.items.length)} items with ${formatCount(spans)} passages, checked, ${signed}`)
  return 0
}
