/** What was put where? The log that takes an injection back; it holds the traps, so it is as private as the registry. */
import { OmnigramError } from '../../core/errors.js'
import type { LinePiece } from './splice-line.js'

export interface InjectedFile {
  /** Name of the file, the same before and after. */
  readonly name: string
  readonly originalSha256: string
  readonly injectedSha256: string
}

export interface InjectedDocument {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly trap: string
  readonly pieces: readonly LinePiece[]
}

export interface InjectionLog {
  readonly files: readonly InjectedFile[]
  readonly documents: readonly InjectedDocument[]
}

export const injectionLogName = 'injection.jsonl'

/** One line of JSON a file, then one a document. */
export function formatInjectionLog({ files, documents }: InjectionLog): string {
  return [...files, ...documents].map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

/** Throws `bad-registry` with `path:line` for what no injection wrote. */
export function parseInjectionLog(text: string, path: string): InjectionLog {
  const files: InjectedFile[] = []
  const documents: InjectedDocument[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '') continue
    const entry = parseEntry(line)
    if (entry !== null && 'name' in entry && isPlainName(entry.name)) files.push(entry)
    else if (entry !== null && 'file' in entry && files.some(({ name }) => name === entry.file)) documents.push(entry)
    else throw new OmnigramError('bad-registry', `${path}:${at + 1}: no line of an injection's log.`)
  }
  if (files.length === 0) throw new OmnigramError('bad-registry', `${path}: no file is in this injection's log.`)
  return { files, documents }
}

function parseEntry(line: string): InjectedFile | InjectedDocument | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const entry = Object.fromEntries(Object.entries(value))
  const { name, originalSha256, injectedSha256, file, line: number, trap, pieces } = entry
  if (typeof name === 'string' && typeof originalSha256 === 'string' && typeof injectedSha256 === 'string') {
    return { name, originalSha256, injectedSha256 }
  }
  if (typeof file !== 'string' || typeof trap !== 'string' || !isPlace(number) || number === 0) return null
  return Array.isArray(pieces) && pieces.every(isPiece) ? { file, line: number, trap, pieces } : null
}

/** A name of the log must not lead out of its folder. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

function isPiece(piece: unknown): piece is LinePiece {
  if (typeof piece !== 'object' || piece === null || !('offset' in piece) || !('json' in piece)) return false
  return isPlace(piece.offset) && typeof piece.json === 'string'
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
