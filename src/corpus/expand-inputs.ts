/** Which files do the inputs of the command name, and in which order are they read? */
import { Buffer } from 'node:buffer'
import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { OmnigramError } from '../core/errors.js'
import type { CorpusOptions } from './corpus-options.js'
import type { InputFormat } from './input-format.js'
import { formatOfPath, parseFormat } from './input-format.js'
import { toFailure } from './open-file.js'
import type { ReadReport } from './read-report.js'
import { walkFolder } from './walk-folder.js'

/** Names standard input. */
export const stdinPath = '-'

/** One file of the input. */
export interface CorpusFile {
  /** As the user named it, or the named folder and the way from there. */
  readonly path: string
  /** Size on disk; `null` for standard input. */
  readonly sizeBytes: number | null
  readonly format: InputFormat
}

/**
 * The files behind files, folders, globs and `-`, ordered by the bytes of their paths.
 * What cannot be read is reported. A file named twice is read once.
 *
 * Throws `bad-argument` for an unknown format, `bad-input` when there is nothing to read.
 */
export async function expandInputs(
  inputs: readonly string[],
  options: CorpusOptions,
  report: ReadReport,
): Promise<CorpusFile[]> {
  const holdsIds = options.ids !== null
  const override = options.format === null ? null : parseFormat(options.format, holdsIds)
  const paths: string[] = []
  for (const input of inputs) {
    for await (const path of expandInput(input, report)) paths.push(path)
  }
  paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const files: CorpusFile[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    const identity = path === stdinPath ? path : resolve(path)
    if (seen.has(identity)) {
      report.addProblem({
        kind: 'duplicate-file',
        path,
        line: null,
        detail: 'is named twice in the input; it is read once',
      })
      continue
    }
    seen.add(identity)
    const file = await describeFile(path, override, holdsIds, report)
    if (file) files.push(file)
  }
  if (files.length === 0)
    throw new OmnigramError('bad-input', `Nothing to read in ${inputs.join(' ')}. ${describeFirst(report)}`)
  return files
}

async function* expandInput(input: string, report: ReadReport): AsyncGenerator<string> {
  if (input === stdinPath) {
    yield input
    return
  }
  let stats: Stats | null = null
  try {
    stats = await stat(input)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isMissing && isDynamicPattern(input)) {
      yield* expandGlob(input, report)
    } else {
      report.addProblem({ kind: 'unreadable-file', path: input, line: null, detail: toFailure(error).message })
    }
    return
  }
  if (stats.isDirectory()) yield* walkFolder(input, report)
  else yield input
}

/** Regular files that match; `*` and `**` pass over hidden ones, as in a shell. */
async function* expandGlob(pattern: string, report: ReadReport): AsyncGenerator<string> {
  const paths = await glob(pattern, { absolute: isAbsolute(pattern), expandDirectories: false })
  if (paths.length === 0) {
    report.addProblem({ kind: 'unreadable-file', path: pattern, line: null, detail: 'matches no file' })
  }
  yield* paths
}

async function describeFile(
  path: string,
  override: InputFormat | null,
  holdsIds: boolean,
  report: ReadReport,
): Promise<CorpusFile | null> {
  if (path === stdinPath)
    return { path, sizeBytes: null, format: override ?? { records: 'jsonl', compression: 'none' } }
  const format = formatOfPath(path, override, holdsIds)
  if (format === null) {
    const detail = holdsIds
      ? 'has an extension that holds no token ids (.jsonl, .npy, .bin): name its format'
      : 'has no reader for its extension: unpack it, or name its format'
    report.addProblem({ kind: 'unknown-format', path, line: null, detail })
    return null
  }
  let stats: Stats
  try {
    stats = await stat(path)
  } catch (error) {
    report.addProblem({ kind: 'unreadable-file', path, line: null, detail: toFailure(error).message })
    return null
  }
  if (!stats.isFile()) {
    const detail = 'is a FIFO, a socket or a device: give it on standard input, as -'
    report.addProblem({ kind: 'unreadable-file', path, line: null, detail })
    return null
  }
  if (stats.size === 0) {
    report.addProblem({ kind: 'empty-file', path, line: null, detail: 'has no bytes' })
    return null
  }
  return { path, sizeBytes: stats.size, format }
}

function describeFirst(report: ReadReport): string {
  const first = report.summarize().problems.at(0)
  return first ? `${first.path} ${first.detail}.` : ''
}
