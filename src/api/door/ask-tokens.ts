/** Which answer does a question of infini-gram's to a token index get? */
import type { IndexReader } from '../../query/index-reader.js'
import type { Scope } from '../guards/api-keys.js'
import { answerDistribution, answerProbability, answerTokenFind, type TokenQuestion } from './token-answer.js'
import {
  answerDocumentByPointer,
  answerDocumentByRank,
  answerFindClauses,
  answerSearchDocuments,
  answerTokenCount,
} from './token-documents.js'
import { type Clauses, readClauses, type TokenQueryType, type TokenRequest } from './token-request.js'

interface Kind {
  readonly scope: Scope
  /** Whether the query may hold clauses and terms. */
  readonly hasClauses: boolean
  answer(question: TokenQuestion): Promise<object>
}

const kinds: Readonly<Record<TokenQueryType, Kind>> = {
  count: { scope: 'count', hasClauses: true, answer: answerTokenCount },
  find: { scope: 'search', hasClauses: false, answer: answerTokenFind },
  find_cnf: { scope: 'search', hasClauses: true, answer: answerFindClauses },
  prob: { scope: 'count', hasClauses: false, answer: (question) => answerProbability(question, false) },
  ntd: { scope: 'count', hasClauses: false, answer: (question) => answerDistribution(question, false) },
  infgram_prob: { scope: 'count', hasClauses: false, answer: (question) => answerProbability(question, true) },
  infgram_ntd: { scope: 'count', hasClauses: false, answer: (question) => answerDistribution(question, true) },
  search_docs: { scope: 'documents', hasClauses: true, answer: answerSearchDocuments },
  get_doc_by_rank: { scope: 'documents', hasClauses: false, answer: answerDocumentByRank },
  get_doc_by_ptr: { scope: 'documents', hasClauses: true, answer: answerDocumentByPointer },
}

export function tokenScope(type: TokenQueryType): Scope {
  return kinds[type].scope
}

export async function askTokens(
  reader: IndexReader,
  { queryType, fields }: TokenRequest,
  signal: AbortSignal,
): Promise<object> {
  const { hasClauses, answer } = kinds[queryType]
  const clauses = await readClauses(reader, fields, hasClauses)
  const found = await answer({ reader, clauses, fields, signal })
  // A document says its own tokens.
  return 'token_ids' in found ? found : { ...found, ...(await describeQuery(reader, clauses)) }
}

/** What was searched; of a single string without the nesting. */
async function describeQuery(reader: IndexReader, clauses: Clauses) {
  const describe = async (ids: Uint32Array) => ({ ids: [...ids], tokens: await reader.decodeAlone(ids) })
  const terms = await Promise.all(clauses.map((clause) => Promise.all(clause.map(describe))))
  const [[only] = []] = terms
  if (terms.length === 1 && terms[0]?.length === 1) return { token_ids: only?.ids, tokens: only?.tokens }
  return {
    token_ids: terms.map((clause) => clause.map(({ ids }) => ids)),
    tokens: terms.map((clause) => clause.map(({ tokens }) => tokens)),
  }
}
