/** What is in a registry? It is read and counted in the browser; nothing of it leaves before a search is asked for. */
import { Problem } from '../server/problem.ts'

export interface RegistryTrap {
  readonly id: string
  readonly text: string
  readonly length: number
  readonly perplexity: number
  readonly bucket: number
  readonly role: 'trap' | 'control'
  readonly repetitions: number
  /** Tokens that differ from the trap that it is a variant of; null for what is none. */
  readonly replaced: number | null
}

export interface Registry {
  readonly name: string
  readonly lines: string
  readonly traps: readonly RegistryTrap[]
}

/** As the server limits an upload. */
const maxBytes = 8 * 1024 * 1024

/** Throws {@link Problem} for what is no registry. */
export async function readRegistry(file: File): Promise<Registry> {
  const lines = await readLines(file)
  const traps = lines.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [readTrap(line, at + 1)]))
  if (traps.length === 0) throw refuse('There is no trap in it.')
  return { name: file.name, lines: endLine(lines), traps }
}

/** Lines of scores, as `omnigram traps detect --save-scores` writes them. */
export async function readScores(
  file: File,
): Promise<{ readonly name: string; readonly lines: string; readonly count: number }> {
  const lines = await readLines(file)
  const count = lines.split('\n').filter((line, at) => {
    if (line.trim() === '') return false
    if (/^\s*\{\s*"trap"\s*:/.test(line)) return true
    throw refuse(`Line ${at + 1} of ${file.name} is no line of scores: it does not begin with {"trap": …}.`)
  }).length
  if (count === 0) throw refuse('There are no scores in it.')
  return { name: file.name, lines: endLine(lines), count }
}

async function readLines(file: File): Promise<string> {
  if (file.size > maxBytes) throw refuse(`It has ${Math.ceil(file.size / 1024 / 1024)} MiB, the limit is 8.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    throw refuse('It is not UTF-8 text.')
  }
}

function endLine(lines: string): string {
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`
}

function readTrap(line: string, number: number): RegistryTrap {
  let value: Partial<Record<string, unknown>> | null = null
  try {
    value = JSON.parse(line)
  } catch {
    // Told below.
  }
  const { id, text, tokens, perplexity, bucket, role, repetitions, replaced } = value ?? {}
  const isTrap =
    typeof id === 'string' &&
    typeof text === 'string' &&
    Array.isArray(tokens) &&
    typeof perplexity === 'number' &&
    typeof bucket === 'number' &&
    (role === 'trap' || role === 'control') &&
    typeof repetitions === 'number'
  if (!isTrap) throw refuse(`Line ${number} is no trap.`)
  const variant = typeof replaced === 'number' ? replaced : null
  return { id, text, length: tokens.length, perplexity, bucket, role, repetitions, replaced: variant }
}

function refuse(detail: string): Problem {
  return new Problem(
    'The file cannot be used.',
    detail,
    '`omnigram traps make` writes registries, a line of JSON a trap.',
  )
}
