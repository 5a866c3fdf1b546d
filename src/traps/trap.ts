/** What is a trap, and what of it may be published? The registry: JSON lines, one a trap, to be kept private. */
import { createHash } from 'node:crypto'
import { OmnigramError } from '../core/errors.js'

/** A sequence that stands nowhere else, planted so that it can be looked for. */
export interface Trap {
  readonly id: string
  readonly text: string
  /** Ids by the tokenizer of the model that made it. */
  readonly tokens: readonly number[]
  readonly perplexity: number
  /** Perplexities [10b + 1, 10b + 11). */
  readonly bucket: number
  readonly seed: number
  /** A control is made like a trap and never injected. */
  readonly role: 'trap' | 'control'
  /** How often it is to stand in the corpus; 0 for a control. */
  readonly repetitions: number
  /** The trap that it is a variant of, and how many of its tokens were replaced. */
  readonly variantOf?: string
  readonly replaced?: number
}

/** One line of the registry. */
export function formatTrap(trap: Trap): string {
  return `${JSON.stringify(trap)}\n`
}

/**
 * Reads a registry. Empty lines are passed over.
 *
 * Throws `bad-registry` with `path:line` for what is no trap, and for an id that comes twice.
 */
export function parseRegistry(text: string, path: string): Trap[] {
  const traps: Trap[] = []
  const ids = new Set<string>()
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const trap = parseTrap(line, `${path}:${at + 1}`)
    if (ids.has(trap.id)) throw new OmnigramError('bad-registry', `${path}:${at + 1}: the id ${trap.id} comes twice.`)
    ids.add(trap.id)
    traps.push(trap)
  }
  return traps
}

/**
 * What may be published: who holds the trap's text and the salt can prove that it was registered, nobody else learns it. SHA-256 of the salt,
 * a zero byte and the text.
 */
export function hashTrap(text: string, salt: string): string {
  return createHash('sha256').update(salt).update('\0').update(text).digest('hex')
}

function parseTrap(line: string, where: string): Trap {
  const fail = (what: string) => new OmnigramError('bad-registry', `${where}: ${what}.`)
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (thrown) {
    throw fail(`no JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`)
  }
  if (typeof value !== 'object' || value === null) throw fail('not an object')
  const fields = new Map(Object.entries(value))
  const text = (name: string): string => {
    const field = fields.get(name)
    if (typeof field !== 'string' || field === '') throw fail(`"${name}" is not a text`)
    return field
  }
  const whole = (name: string): number => {
    const field = fields.get(name)
    if (typeof field !== 'number' || !Number.isSafeInteger(field) || field < 0)
      throw fail(`"${name}" is not a whole number`)
    return field
  }
  const tokens: unknown = fields.get('tokens')
  const isTokens = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((token) => Number.isSafeInteger(token) && token >= 0)
  if (!isTokens(tokens)) throw fail('"tokens" is not a list of token ids')
  const perplexity: unknown = fields.get('perplexity')
  if (typeof perplexity !== 'number') throw fail('"perplexity" is not a number')
  const role = text('role')
  if (role !== 'trap' && role !== 'control') throw fail('"role" is neither "trap" nor "control"')
  return {
    id: text('id'),
    text: text('text'),
    tokens,
    perplexity,
    bucket: whole('bucket'),
    seed: whole('seed'),
    role,
    repetitions: whole('repetitions'),
    ...(fields.has('variantOf') ? { variantOf: text('variantOf'), replaced: whole('replaced') } : {}),
  }
}
