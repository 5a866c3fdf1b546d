/** `omnigram build`: make an index. */
import { availableParallelism, freemem } from 'node:os'
import { buildIndex } from '../build/build-index.js'
import type { BuildOptions } from '../build/build-options.js'
import { OmnigramError } from '../core/errors.js'
import { prepareReport, writeReport } from './build-report.js'
import { formatProgress } from './progress-line.js'
import { type Flags, isSet, listArg, listFlag, numberFlag, textFlag, type VerbCall } from './verb.js'

/** Share of the free memory that a build takes when nothing is said. */
const memoryShare = 0.75

type Resources = Pick<BuildOptions, 'memoryBytes' | 'threads' | 'format' | 'isStrict' | 'shouldResume'>

/** The flags that `build` and `append` share. */
export function readResources(flags: Flags): Resources {
  return {
    memoryBytes: numberFlag(flags, 'memory') ?? Math.floor(freemem() * memoryShare),
    threads: numberFlag(flags, 'threads') ?? availableParallelism(),
    format: textFlag(flags, 'format') ?? null,
    isStrict: isSet(flags, 'strict'),
    shouldResume: isSet(flags, 'resume'),
  }
}

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const indexDir = textFlag(flags, 'output')
  if (indexDir === undefined) throw new OmnigramError('bad-argument', 'Say where the index goes: -o DIR.')
  await prepareReport(call)
  const report = await buildIndex({
    ...readResources(flags),
    inputs: listArg(call, 0),
    indexDir,
    shardBytes: numberFlag(flags, 'shardSize') ?? 2 ** 30,
    textField: textFlag(flags, 'textField') ?? 'text',
    idField: textFlag(flags, 'idField') ?? null,
    metaFields: flags.metaFields === undefined ? null : listFlag(flags, 'metaFields'),
    facetFields: listFlag(flags, 'facetFields'),
    invalidUtf8: textFlag(flags, 'invalidUtf8') as BuildOptions['invalidUtf8'],
    profile: textFlag(flags, 'profile') as BuildOptions['profile'],
    textStore: isSet(flags, 'textStore'),
    saRate: numberFlag(flags, 'saRate') ?? 128,
    isaRate: numberFlag(flags, 'isaRate') ?? 512,
    mode: 'create',
    signal,
    onProgress: (progress) => terminal.showProgress(formatProgress(progress)),
  })
  terminal.clearProgress()
  await writeReport(report, call)
  return 0
}
