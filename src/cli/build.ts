/** `omnigram build`: make an index. */
import { availableParallelism, freemem } from 'node:os'
import { buildIndex } from '../build/build-index.js'
import type { BuildOptions, TokenBuildOptions } from '../build/build-options.js'
import { OmnigramError } from '../core/errors.js'
import { prepareReport, writeReport } from './build-report.js'
import { formatProgress } from './progress-line.js'
import { type Flags, isSet, listArg, listFlag, numberFlag, textFlag, type VerbCall } from './verb.js'

/** Share of the free memory that a build or a merge takes when nothing is said. */
export const memoryShare = 0.75

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

/** What makes it an index of tokens: one of the flags that say so, or inputs that can hold nothing else. */
function readTokens(flags: Flags, inputs: readonly string[]): TokenBuildOptions | undefined {
  const tokenizerPath = textFlag(flags, 'tokenizer') ?? null
  const hasArrays =
    isArrayFormat(textFlag(flags, 'format')) || inputs.every((input) => /\.(npy|bin)(\.(gz|zst))?$/.test(input))
  const isReady = ['idsField', 'idsType', 'documentSeparator'].some((name) => flags[name] !== undefined) || hasArrays
  const vocabulary = numberFlag(flags, 'vocabulary') ?? null
  if (!isReady && tokenizerPath === null) {
    if (vocabulary === null) return undefined
    throw new OmnigramError('bad-argument', '--vocabulary goes with --tokenizer or --ids-field.')
  }
  const idsField = isReady ? (textFlag(flags, 'idsField') ?? 'ids') : null
  return { tokenizerPath, idsField, vocabulary, ...readArrays(flags) }
}

function isArrayFormat(format: string | undefined): boolean {
  return format === 'npy' || format === 'bin'
}

/** How arrays of ready token ids are read. */
export function readArrays(flags: Flags): Pick<TokenBuildOptions, 'idsType' | 'documentSeparator'> {
  return {
    idsType: (textFlag(flags, 'idsType') as TokenBuildOptions['idsType'] | undefined) ?? null,
    documentSeparator: numberFlag(flags, 'documentSeparator') ?? null,
  }
}

/** What a build of the first argument's files is to be, but for where its index goes. */
export function readBuildOptions(
  { flags, signal }: VerbCall,
  inputs: readonly string[],
): Omit<BuildOptions, 'indexDir'> {
  return {
    ...readResources(flags),
    inputs,
    tokens: readTokens(flags, inputs),
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
  }
}

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const indexDir = textFlag(flags, 'output')
  if (indexDir === undefined) throw new OmnigramError('bad-argument', 'Say where the index goes: -o DIR.')
  await prepareReport(call)
  const report = await buildIndex({
    ...readBuildOptions(call, listArg(call, 0)),
    indexDir,
    onProgress: (progress) => terminal.showProgress(formatProgress(progress)),
  })
  terminal.clearProgress()
  await writeReport(report, call)
  return 0
}
