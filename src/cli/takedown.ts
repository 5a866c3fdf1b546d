/** `omnigram takedown`: hide documents at once, or tell how many are hidden. */
import { countHidden, takeDown } from '../build/takedown/take-down.js'
import { OmnigramError } from '../core/errors.js'
import { formatCount } from '../core/units.js'
import { readManifest } from '../query/read-manifest.js'
import { readPatternFile } from './read-patterns.js'
import { isSet, listFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const indexDir = textArg(call, 0)
  const path = textFlag(flags, 'idsFrom')
  const externalIds = [
    ...listFlag(flags, 'takedownId'),
    ...(path === undefined ? [] : await readPatternFile(path, signal)),
  ]
  const documents = (flags.document ?? []) as readonly number[]
  if (externalIds.length === 0 && documents.length === 0) {
    if (path !== undefined) throw new OmnigramError('bad-argument', `${path} holds no id.`)
    return list(call, indexDir)
  }
  const report = await takeDown({ indexDir, externalIds, documents, skipsMissing: isSet(flags, 'skipMissing'), signal })
  if (terminal.options.isJson) {
    await terminal.writeJson(report)
    return 0
  }
  const parts = [
    `${formatCount(report.hiddenNow)} documents hidden`,
    ...(report.hiddenBefore > 0 ? [`${formatCount(report.hiddenBefore)} were before`] : []),
    ...(report.missing > 0 ? [`${formatCount(report.missing)} not there`] : []),
    `${formatCount(report.hiddenDocuments)} in all`,
    `generation ${report.generation}`,
  ]
  await terminal.writeLine(parts.join(', '))
  await terminal.writeLine(`Their text leaves the files with: omnigram merge ${indexDir} && omnigram gc ${indexDir}`)
  return 0
}

/** How many documents are hidden, never what they say. */
async function list({ terminal }: VerbCall, indexDir: string): Promise<number> {
  const { generation, manifest } = await readManifest(indexDir)
  const hidden = countHidden(manifest.shards)
  if (terminal.options.isJson) {
    await terminal.writeJson({ generation, indexDir, ...hidden })
    return 0
  }
  for (const { shard, hiddenDocuments } of hidden.shards) {
    await terminal.writeLine(`shard ${shard}: ${formatCount(hiddenDocuments)} hidden`)
  }
  await terminal.writeLine(`${formatCount(hidden.hiddenDocuments)} documents hidden, generation ${generation}`)
  return 0
}
