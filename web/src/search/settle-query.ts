/** What is asked in the end, once it is known which indexes there are? */
import type { IndexInfo } from './answers.ts'
import type { Query } from './query.ts'

/** Those of the indexes that are searched. */
export function listSearched(query: Query, known: readonly IndexInfo[]): readonly IndexInfo[] {
  return known.filter(({ name }) => query.indexes.includes(name))
}

/** Whether tokens are searched: indexes of bytes and of tokens are never searched together. */
export function areTokens(searched: readonly IndexInfo[]): boolean {
  return searched.some(({ symbols }) => symbols === 'tokens')
}

/** Without a choice the first index is searched, and only rules that it knows. */
export function settleQuery(address: Query, known: readonly IndexInfo[]): Query {
  const indexes = address.indexes.length > 0 ? address.indexes : known.slice(0, 1).map(({ name }) => name)
  const searched = listSearched({ ...address, indexes }, known)
  if (!areTokens(searched)) return { ...address, indexes, asIds: false }
  const asIds = address.asIds || searched.some(({ hasTokenizer }) => !hasTokenizer)
  return { ...address, indexes, asIds, ignoreCase: false, flexibleSpace: false }
}
