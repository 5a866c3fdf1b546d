/** Does the correct answer stand within reach after a matching window? */
import type { ViewName } from './views.js'

/** An answer shorter than this stands everywhere by chance. */
const minCharacters = 2
/** Answers shorter than this must stand as words of their own. */
const wordCharacters = 5
/** Code points of a longer answer that are compared. */
const comparedCharacters = 500

/** What an answer needs of a passage beyond its reach. */
export const answerReach = comparedCharacters

/** An answer as it is looked for. */
export interface SoughtAnswer {
  readonly expression: RegExp
  /** Its words, for answers in other words. */
  readonly words: readonly string[]
}

/** How `answer` is looked for; null when it is too short to say anything. White space in it matches any white space. */
export function prepareAnswer(answer: string, view: ViewName): SoughtAnswer | null {
  const characters = Array.from(answer.trim())
  if (characters.length < minCharacters) return null
  const compared = characters.slice(0, comparedCharacters).join('')
  const source = compared
    .split(/\p{White_Space}+/u)
    .filter((word) => word !== '')
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('\\p{White_Space}+')
  const isWord = characters.length < wordCharacters
  const bounded = isWord ? `(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])` : source
  return {
    expression: new RegExp(bounded, view.startsWith('ignore-case') ? 'iu' : 'u'),
    words: listWords(compared),
  }
}

/**
 * Code points between the start of `after` and the answer, when the answer begins within `reachCharacters`; else null.
 */
export function measureDistance(after: string, { expression }: SoughtAnswer, reachCharacters: number): number | null {
  const match = expression.exec(after)
  if (match === null) return null
  const distance = Array.from(after.slice(0, match.index)).length
  return distance <= reachCharacters ? distance : null
}

/** Share of the answer's words that stand within reach; 0 for an answer of fewer than three of them. */
export function shareOfWords(after: string, { words }: SoughtAnswer, reachCharacters: number): number {
  if (words.length < 3) return 0
  const there = new Set(listWords(Array.from(after).slice(0, reachCharacters).join('')))
  return words.filter((word) => there.has(word)).length / words.length
}

/** Distinct words of four letters or digits and more, in lower case. */
function listWords(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []
  return [...new Set(words)]
}
