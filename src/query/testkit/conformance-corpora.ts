/** On which corpora do readers have to agree with the oracle? */
import type { NaiveDocument } from './naive-shard.js'

export interface ConformanceCorpus {
  readonly name: string
  readonly documents: readonly NaiveDocument[]
  readonly facetFields: readonly string[]
  /** Numbers of documents that were taken down. */
  readonly hidden?: readonly number[]
}

const prose = [
  'It was the best of times,\nit was the worst of times.',
  'naïve café \u2014 ein Straßenfest, STRASSE, straße; \u212aelvin kelvin KELVIN',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} e\u0301 \u00e9 日本語テキスト, 日本 語',
  'tabs\there,  two spaces, \u00a0 no-break, \r\n line ends \u2003 em',
  'nul \u0000 inside and at the end\u0000',
]

export const conformanceCorpora: readonly ConformanceCorpus[] = [
  plain('two fruits', ['banana', 'bandana']),
  plain('one letter', ['a']),
  plain('one letter often', ['aaaa', 'aaaaaaaa', 'a']),
  plain('no documents', []),
  plain('only empty documents', ['', '', '']),
  plain('borders', ['new york', 'york city', '', 'york', 'k']),
  plain('prose', prose),
  plain('two letters', randomTexts(12, 60, 'ab')),
  plain('four letters and duplicates', [...randomTexts(8, 90, 'abcd'), ...randomTexts(8, 90, 'abcd')]),
  describedDocuments('described documents', []),
  { ...plain('one of two fruits taken down', ['banana', 'bandana']), hidden: [0] },
  { ...plain('all taken down', ['banana', '', 'bandana']), hidden: [0, 1, 2] },
  { ...plain('some borders taken down', ['new york', 'york city', '', 'york', 'k', '']), hidden: [0, 2, 4] },
  {
    ...plain('copies taken down', [...randomTexts(8, 90, 'abcd'), ...randomTexts(8, 90, 'abcd')]),
    hidden: [1, 3, 9, 14],
  },
  describedDocuments('described documents, some taken down', [0, 1]),
]

/** Substrings of the corpus of several lengths, and strings that are not in it. */
export function choosePatterns({ documents }: ConformanceCorpus): string[] {
  const patterns = new Set(['', 'a', 'zz', 'york new', ' ', 'ana', 'the', 'é', 'x'.repeat(300)])
  for (const { text } of documents) {
    const characters = [...Buffer.from(text).toString()]
    for (const length of [1, 2, 3, 7, characters.length]) {
      const start = Math.floor((characters.length - length) / 2)
      if (start >= 0) patterns.add(characters.slice(start, start + length).join(''))
      patterns.add(`${characters.slice(-length).join('')}~`)
    }
  }
  return [...patterns].slice(0, 40)
}

function describedDocuments(name: string, hidden: readonly number[]): ConformanceCorpus {
  return {
    name,
    hidden,
    facetFields: ['source', 'language'],
    documents: prose.map((text, number) => ({
      text,
      externalId: number === 3 ? 'id-1' : number === 4 ? null : `id-${number}`,
      metadata: number === 2 ? null : `{"n":${number},"big":12345678901234567890,"s":"\\u00e9"}`,
      facets: [number % 2 === 0 ? 'web' : 'book', number === 1 ? 'de' : null],
    })),
  }
}

function plain(name: string, texts: readonly string[]): ConformanceCorpus {
  return { name, facetFields: [], documents: texts.map((text) => ({ text })) }
}

/** Always the same ones: a linear congruential generator (Numerical Recipes) picks the letters. */
function randomTexts(count: number, length: number, letters: string): string[] {
  let state = 12_345
  const pick = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return letters[Math.floor((state / 2 ** 32) * letters.length)]
  }
  return Array.from({ length: count }, (_, text) => Array.from({ length: length - text }, pick).join(''))
}
