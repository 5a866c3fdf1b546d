/** Where does a trap go in a document? */
import { OmnigramError } from '../../core/errors.js'

/**
 * Between which pieces of a text a trap may stand. `published` is the scheme of the released code; `published-apart` has its places,
 * with a space after the trap.
 */
export const injectionEdges = ['word', 'sentence', 'paragraph', 'published', 'published-apart'] as const

export type InjectionEdge = (typeof injectionEdges)[number]

/** What was inserted: enough to restore the original. UTF-16 offsets in the document as it was before any insertion. */
export interface Insertion {
  readonly offset: number
  readonly text: string
}

export interface SplicedText {
  readonly text: string
  /** By offset, ascending. */
  readonly insertions: readonly Insertion[]
}

const edges = {
  word: / +/g,
  sentence: /(?<=[.!?]) +(?=\S)/g,
  paragraph: /\n[ \t]*\n\s*/g,
} as const satisfies Record<'word' | 'sentence' | 'paragraph', RegExp>

const separators = {
  'word': ' ',
  'sentence': ' ',
  'paragraph': '\n\n',
  'published': '',
  'published-apart': ' ',
} as const satisfies Record<InjectionEdge, string>

/** Offsets at which a piece begins; the first is 0. A text without an inner edge has that one. */
export function listEdges(text: string, edge: InjectionEdge): number[] {
  if (edge === 'published' || edge === 'published-apart') return listWords(text)
  const starts = Array.from(text.matchAll(edges[edge]), (match) => match.index + match[0].length)
  return [...new Set([0, ...starts.filter((start) => start < text.length)])]
}

/**
 * Inserts the trap before the chosen edges (numbers in {@link listEdges}, each once). With `published` the trap is glued to the word
 * that follows it, and at the start of the document nothing stands before it, as in the released code (Meeus et al. 2024,
 * arXiv:2402.09363); otherwise it stands apart from both neighbours.
 *
 * Throws `bad-argument` for an edge that the text does not have or that is chosen twice.
 */
export function spliceTraps(text: string, trap: string, chosen: readonly number[], edge: InjectionEdge): SplicedText {
  const starts = listEdges(text, edge)
  if (new Set(chosen).size < chosen.length || chosen.some((number) => starts[number] === undefined)) {
    throw new OmnigramError(
      'bad-argument',
      `The text has ${starts.length} places for a trap; numbers ${chosen.join(', ')} were chosen.`,
    )
  }
  const insertions = chosen
    .map((number) => starts[number] ?? 0)
    .sort((a, b) => a - b)
    .map((offset) => ({ offset, text: trap + separators[edge] }))
  let spliced = ''
  let copied = 0
  for (const { offset, text: inserted } of insertions) {
    spliced += text.slice(copied, offset) + inserted
    copied = offset
  }
  return { text: spliced + text.slice(copied), insertions }
}

/** The text split on single spaces: where each piece begins, empty ones too. */
function listWords(text: string): number[] {
  const starts = [0]
  for (let space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', space + 1)) starts.push(space + 1)
  return starts
}
