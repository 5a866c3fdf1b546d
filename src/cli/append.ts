/** `omnigram append`: add documents to an index. What decides the bytes (fields, shard size, rates) is taken from the index. */
import { buildIndex } from '../build/build-index.js'
import { readManifest } from '../query/read-manifest.js'
import { readResources } from './build.js'
import { prepareReport, writeReport } from './build-report.js'
import { formatProgress } from './progress-line.js'
import { listArg, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, signal } = call
  const indexDir = textArg(call, 0)
  const { manifest } = await readManifest(indexDir)
  await prepareReport(call)
  const report = await buildIndex({
    ...manifest.options,
    ...readResources(call.flags),
    inputs: listArg(call, 1),
    indexDir,
    mode: 'append',
    signal,
    onProgress: (progress) => terminal.showProgress(formatProgress(progress)),
  })
  terminal.clearProgress()
  await writeReport(report, call)
  return 0
}
