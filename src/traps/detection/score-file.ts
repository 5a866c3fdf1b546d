/** What did some model make of the traps? A file of log-probabilities, one line of JSON a trap. */
import { OmnigramError } from '../../core/errors.js'
import type { TextScores } from './membership-scores.js'

const lists = [
  'logProbabilities',
  'means',
  'deviations',
  'referenceLogProbabilities',
  'contextLogProbabilities',
  'contextReferenceLogProbabilities',
] as const

/** One line of the file. */
export function formatScores(trap: string, scores: TextScores): string {
  const filled = lists.flatMap((name) => (scores[name] === undefined ? [] : [[name, Array.from(scores[name])]]))
  return `${JSON.stringify({ trap, ...Object.fromEntries(filled) })}\n`
}

/**
 * Scores by the id of the trap: `{"trap", "logProbabilities"}` and where they are known the other lists of {@link TextScores}. Other fields
 * are passed over.
 *
 * Throws `bad-registry` with `path:line` for what is no such line, lists of unequal lengths, or a trap that comes twice.
 */
export function parseScores(text: string, path: string): Map<string, TextScores> {
  const scores = new Map<string, TextScores>()
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const where = `${path}:${at + 1}`
    const { trap, ...values } = parseLine(line, where)
    if (scores.has(trap)) throw new OmnigramError('bad-registry', `${where}: the trap ${trap} comes twice.`)
    scores.set(trap, values)
  }
  return scores
}

function parseLine(line: string, where: string): TextScores & { readonly trap: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new OmnigramError('bad-registry', `${where}: no JSON.`, { cause: error })
  }
  const fields = new Map(Object.entries(value ?? {}))
  const trap: unknown = fields.get('trap')
  if (typeof trap !== 'string') throw new OmnigramError('bad-registry', `${where}: "trap" is not a text.`)
  const [logProbabilities, means, deviations, reference, context, contextReference] = lists.map((name) => {
    const list: unknown = fields.get(name)
    if (list === undefined) return undefined
    if (isNumbers(list) && list.length > 0) return list
    throw new OmnigramError('bad-registry', `${where}: "${name}" is not a list of numbers.`)
  })
  if (logProbabilities === undefined)
    throw new OmnigramError('bad-registry', `${where}: "logProbabilities" is missing.`)
  for (const list of [means, deviations]) {
    if (list === undefined || list.length === logProbabilities.length) continue
    throw new OmnigramError('bad-registry', `${where}: the lists are not equally long.`)
  }
  return {
    trap,
    logProbabilities,
    means,
    deviations,
    referenceLogProbabilities: reference,
    contextLogProbabilities: context,
    contextReferenceLogProbabilities: contextReference,
  }
}

function isNumbers(list: unknown): list is number[] {
  return Array.isArray(list) && list.every(Number.isFinite)
}
