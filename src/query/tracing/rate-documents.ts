/** How much is a document about what a response is about? BM25 over the documents that were found, as OLMoTrace shows it. */

/** `k1` and `b` are Okapi's usual ones; the paper does not say its own. */
const k1 = 1.5
const b = 0.75
/** Score of a document on the subject, by character of the response (arXiv:2504.07096). */
const scoreByCharacter = 0.18

/** The best first. */
export const relevanceLevels = ['high', 'medium', 'low'] as const

export type RelevanceLevel = (typeof relevanceLevels)[number]

export interface Relevance {
  /** BM25 of prompt and response in the document. */
  readonly score: number
  readonly level: RelevanceLevel
}

/** Relevance of each document to the prompt and response together. O(query words · documents + text). */
export function rateDocuments(query: string, responseCharacters: number, documents: readonly string[]): Relevance[] {
  const bags = documents.map(countWords)
  const lengths = bags.map((bag) => [...bag.values()].reduce((sum, count) => sum + count, 0))
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length)
  const wanted = countWords(query)
  return bags.map((bag, place) => {
    let score = 0
    for (const [word, times] of wanted) {
      const count = bag.get(word) ?? 0
      if (count === 0) continue
      const holding = bags.filter((other) => other.has(word)).length
      const rarity = Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5))
      const size = 1 - b + (b * (lengths[place] ?? 0)) / Math.max(1, meanLength)
      score += times * rarity * ((count * (k1 + 1)) / (count + k1 * size))
    }
    return { score, level: nameLevel(score, responseCharacters) }
  })
}

/** Score over 0.18 a character of the response: at least 0.7 is high, at least 0.5 medium. */
export function nameLevel(score: number, responseCharacters: number): RelevanceLevel {
  // Rounded, so that 0.18 · 2,000 characters at 0.7 is 252 and not a hair more.
  const share = Number((score / (scoreByCharacter * Math.max(1, responseCharacters))).toPrecision(12))
  if (share >= 0.7) return 'high'
  return share >= 0.5 ? 'medium' : 'low'
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}\p{M}_]+/gu))
    counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
