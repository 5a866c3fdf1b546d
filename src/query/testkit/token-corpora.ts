/** On which documents of tokens do readers have to agree with the oracle? */
import type { TokenDocument } from './naive-tokens.js'

export interface TokenCorpus {
  readonly name: string
  readonly documents: readonly TokenDocument[]
  readonly vocabulary: number | null
  /** Documents of a shard, in the runs that make shards. */
  readonly shardCount: number
}

const fruit = [
  [98, 97, 110, 97, 110, 97],
  [98, 97, 110, 100, 97, 110, 97],
]

export const tokenCorpora: readonly TokenCorpus[] = [
  plain('two fruits', fruit, 128),
  plain(
    'fruits as large ids',
    fruit.map((ids) => ids.map((id) => id + 1_048_400)),
    2 ** 20,
  ),
  plain('one id often', [[0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0], [], [0]], 2),
  plain('only empty documents', [[], [], []], 7),
  plain('two ids', randomDocuments(12, 60, 2), null),
  plain('three hundred ids', randomDocuments(10, 200, 300), 300),
  plain('seventy thousand ids', randomDocuments(6, 300, 70_000), null),
  {
    name: 'described documents',
    vocabulary: 50,
    shardCount: 3,
    documents: randomDocuments(9, 40, 5).map((tokens, number) => ({
      tokens,
      externalId: `id-${number}`,
      source: number % 2 === 0 ? 'web' : 'book',
    })),
  },
]

/** Stretches of the documents of several lengths, and ids that follow each other nowhere. */
export function chooseTokenPatterns({ documents, vocabulary }: TokenCorpus): number[][] {
  const absent = (vocabulary ?? 2 ** 20) - 1
  const patterns: number[][] = [[], [absent], [absent, absent], [0], [0, 1]]
  for (const { tokens } of documents.slice(0, 6)) {
    for (const length of [1, 2, 3, 8, tokens.length]) {
      const start = Math.floor((tokens.length - length) / 2)
      if (start >= 0) patterns.push(tokens.slice(start, start + length))
    }
    patterns.push(tokens.slice(-3), [...tokens.slice(-2), ...tokens.slice(0, 2)])
  }
  return patterns
}

function plain(name: string, documents: readonly (readonly number[])[], vocabulary: number | null): TokenCorpus {
  return { name, vocabulary, shardCount: 3, documents: documents.map((tokens) => ({ tokens })) }
}

/** Always the same ones: a linear congruential generator (Numerical Recipes) picks the ids, small ones more often. */
function randomDocuments(count: number, length: number, vocabulary: number): number[][] {
  let state = 54_321
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
  return Array.from({ length: count }, (_, document) =>
    Array.from({ length: length - document }, () => Math.floor(random() ** 3 * vocabulary)),
  )
}
