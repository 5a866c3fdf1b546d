/** How do traps come into files of documents, and out again, without the originals being touched? */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OmnigramError } from '../../core/errors.js'
import type { Trap } from '../trap.js'
import {
  formatInjectionLog,
  type InjectedDocument,
  type InjectedFile,
  type InjectionLog,
  injectionLogName,
} from './injection-log.js'
import { type InjectionSite, type PlannedInjection, planInjection } from './plan-injection.js'
import { readLines, rewriteLines } from './rewrite-lines.js'
import { readText, restoreLine, spliceLine } from './splice-line.js'
import { type InjectionEdge, listEdges, spliceTraps } from './splice-traps.js'

export interface InjectionOptions {
  readonly edge: InjectionEdge
  /** Field of the text in each line of JSON. */
  readonly textField: string
  /** Documents with fewer words, split on single spaces, take no trap. */
  readonly minWords: number
  readonly seed: number
  readonly signal?: AbortSignal
}

/**
 * Reads all documents and says where the traps go. Memory: a few words a document.
 *
 * Throws `bad-argument` where no document, or none that is left, can take a trap.
 */
export async function planFiles(
  inputs: readonly string[],
  traps: readonly Trap[],
  { edge, textField, minWords, seed, signal }: InjectionOptions,
): Promise<PlannedInjection[]> {
  const names = new Set(inputs.map((input) => basename(input)))
  if (names.size < inputs.length) {
    throw new OmnigramError('bad-argument', 'Two inputs have the same file name: their copies would lie in one place.')
  }
  const sites: InjectionSite[] = []
  for (const [file, input] of inputs.entries()) {
    for await (const { number, bytes } of readLines(input, signal)) {
      const text = readText(bytes, textField)
      if (text === null || text === '' || listEdges(text, 'published').length < minWords) continue
      sites.push({ file, line: number, edgeCount: listEdges(text, edge).length })
    }
  }
  if (sites.length === 0) {
    const wanted = minWords > 1 ? ` of ${minWords} words or more` : ''
    throw new OmnigramError(
      'bad-argument',
      `No document of the inputs has a text${wanted} in its field "${textField}".`,
    )
  }
  return planInjection(traps, sites, seed)
}

/**
 * Writes each input with its traps, and the log, into a folder that is made, or empty of those names. Inputs are only read.
 *
 * Throws `io-failure` where a file is there already; nothing is left of a failed injection.
 */
export async function injectFiles(
  inputs: readonly string[],
  plan: readonly PlannedInjection[],
  folder: string,
  { edge, textField, signal }: InjectionOptions,
): Promise<InjectionLog> {
  const files: InjectedFile[] = []
  const documents: InjectedDocument[] = []
  await writeTogether(folder, async (claim) => {
    for (const [file, input] of inputs.entries()) {
      const planned = new Map(plan.filter(({ site }) => site.file === file).map((entry) => [entry.site.line, entry]))
      const name = basename(input)
      const change = ({ number, bytes }: { number: number; bytes: Buffer }) => {
        const entry = planned.get(number)
        if (entry === undefined) return bytes
        const text = readText(bytes, textField)
        if (text === null) throw new OmnigramError('bad-input', `${input}:${number}: changed while it was read.`)
        const { insertions } = spliceTraps(text, entry.trap.text, entry.edges, edge)
        const { line, pieces } = spliceLine(bytes, textField, insertions)
        documents.push({ file: name, line: number, trap: entry.trap.id, pieces })
        return line
      }
      const written = await rewriteLines(input, claim(name), change, signal)
      files.push({ name, originalSha256: written.readSha256, injectedSha256: written.writtenSha256 })
    }
    const log = claim(injectionLogName)
    await writeFile(log, formatInjectionLog({ files, documents })).catch((error: Error) => {
      throw new OmnigramError('io-failure', `${log}: ${error.message}`, { cause: error })
    })
  })
  return { files, documents }
}

/**
 * Writes the originals of the injected files in `injectedFolder` into another folder, and compares their checksums with those of the log.
 *
 * Throws `bad-registry` with file and line where a file was changed since; nothing is left then.
 */
export async function undoInjection(
  { files, documents }: InjectionLog,
  injectedFolder: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await writeTogether(folder, async (claim) => {
    for (const { name, originalSha256 } of files) {
      const from = join(injectedFolder, name)
      const changed = new Map(documents.filter(({ file }) => file === name).map(({ line, pieces }) => [line, pieces]))
      const restore = ({ number, bytes }: { number: number; bytes: Buffer }) => {
        const pieces = changed.get(number)
        return pieces === undefined ? bytes : restoreLine({ line: bytes, pieces }, `${from}:${number}`)
      }
      const { writtenSha256 } = await rewriteLines(from, claim(name), restore, signal)
      if (writtenSha256 === originalSha256) continue
      throw new OmnigramError(
        'bad-registry',
        `${from}: without the traps it is not the original: the file was changed after the injection.`,
      )
    }
  })
}

/** Work that writes several new files: all of them, or none. */
async function writeTogether(folder: string, work: (claim: (name: string) => string) => Promise<void>): Promise<void> {
  const claimed: string[] = []
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new OmnigramError('io-failure', `${folder}: ${error.message}`, { cause: error })
  })
  const claim = (name: string): string => {
    const path = join(folder, name)
    if (existsSync(path)) throw new OmnigramError('io-failure', `${path} is there already: name an empty folder.`)
    claimed.push(path)
    return path
  }
  try {
    await work(claim)
  } catch (error) {
    await Promise.all(claimed.map((path) => rm(path, { force: true })))
    throw error
  }
}
