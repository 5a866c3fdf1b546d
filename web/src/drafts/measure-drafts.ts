/** How do drafts compare? */
import type { Draft } from './answers.ts'

export interface MeasuredDraft {
  readonly draft: Draft
  /** γ: its share among the drafts, by its score. */
  readonly weight: number
  /** Three digits. */
  readonly perplexity: string
  /** UTF-16 units of its text that all drafts begin with. */
  readonly commonLength: number
}

export function measureDrafts(drafts: readonly Draft[]): MeasuredDraft[] {
  const best = Math.max(...drafts.map(({ score }) => score))
  const total = drafts.reduce((sum, { score }) => sum + Math.exp(score - best), 0)
  const commonLength = drafts.length < 2 ? 0 : findCommonLength(drafts.map(({ text }) => text))
  return drafts.map((draft) => ({
    draft,
    weight: Math.exp(draft.score - best) / total,
    perplexity: formatPerplexity(Math.exp(-draft.score / Math.max(1, draft.ids.length))),
    commonLength,
  }))
}

function formatPerplexity(perplexity: number): string {
  return Number.isFinite(perplexity) && perplexity < 1e6 ? String(Number(perplexity.toPrecision(3))) : 'above 1,000,000'
}

/** Never in the middle of a surrogate pair. */
function findCommonLength([first = '', ...others]: readonly string[]): number {
  let length = 0
  for (const character of first) {
    if (!others.every((text) => text.startsWith(character, length))) break
    length += character.length
  }
  return length
}
