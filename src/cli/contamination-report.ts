/** `omnigram contamination report`: what does a report say? */
import { readReportFile } from './contamination-files.js'
import { gateExitCode, writeSummary } from './contamination-output.js'
import { writeFiles } from './contamination-run.js'
import { numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const report = await readReportFile(textArg(call, 0))
  await writeSummary(report, terminal)
  await writeFiles(report, flags)
  return gateExitCode(report, numberFlag(flags, 'failAbove'), terminal)
}
