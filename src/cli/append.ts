/** `omnigram append`: add documents to an index. What decides the bytes (fields, tokenizer, shard size, rates) is taken from the index. */
import { buildIndex } from '../build/build-index.js'
import { IndexFolder } from '../build/index-folder.js'
import { tokensOfIndex } from '../build/token-input.js'
import { readManifest } from '../query/read-manifest.js'
import { readArrays, readResources } from './build.js'
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
    tokens: tokensOfIndex(manifest, new IndexFolder(indexDir), readArrays(call.flags)),
    indexDir,
    mode: 'append',
    signal,
    onProgress: (progress) => terminal.showProgress(formatProgress(progress)),
  })
  terminal.clearProgress()
  await writeReport(report, call)
  return 0
}
