/** Which documents hold what a client of infini-gram asks for, and what do they say there? */
import type { IndexReader, MatchRange } from '../../query/index-reader.js'
import { describeDocument } from '../schemas/answer.js'
import { DoorError } from './door-error.js'
import { findWindows, type Hit, type Window } from './find-windows.js'
import type { TokenQuestion } from './token-answer.js'
import { readNumber } from './token-request.js'

const maxClauseFrequency = { byDefault: 50_000, limit: 500_000 }
const maxDistance = { byDefault: 100, limit: 1_000 }
const shownTokens = { byDefault: 1_000, limit: 10_000 }
const maxDocuments = 10

/** Pointers are a document and an offset below this: no document has more tokens. */
const pointerBase = 2 ** 26

const pageSize = 1_000

export async function answerTokenCount(question: TokenQuestion) {
  const { reader, clauses, signal } = question
  const [only] = clauses
  if (clauses.length > 1) return { count: (await locateWindows(question)).length, approx: false }
  const counts = await reader.count(only ?? [], { signal })
  // An empty query counts the separators of the original, too.
  const separators = only?.length === 1 && only[0]?.length === 0 ? reader.manifest.statistics.documents : 0
  return { count: counts.reduce((sum, { count }) => sum + count, separators), approx: false }
}

export async function answerFindClauses(question: TokenQuestion) {
  const { manifest } = question.reader
  const windows = await locateWindows(question)
  let firstDocument = 0
  const pointers = manifest.shards.map(({ documents }) => {
    const [from, to] = [firstDocument, firstDocument + documents]
    firstDocument = to
    const inShard = windows.filter(({ document }) => document >= from && document < to)
    return inShard.map(({ document, first }) => makePointer(document, first))
  })
  return { cnt: windows.length, approx: false, ptrs_by_shard: pointers }
}

export async function answerSearchDocuments(question: TokenQuestion) {
  const wanted = readNumber(question.fields, 'maxnum', 1, maxDocuments, 1)
  const windows = await locateWindows(question)
  const idxs = windows.slice(0, wanted).map((_, place) => place)
  const documents = []
  for (const { document, first } of windows.slice(0, wanted)) {
    documents.push(await readAround(question, document, first))
  }
  const message = windows.length === 0 ? '0 occurrences found' : `${windows.length} occurrences found`
  return { cnt: windows.length, approx: false, idxs, documents, message }
}

/** Searches again, so that a rank is checked without anything kept between requests. */
export async function answerDocumentByRank(question: TokenQuestion) {
  const { reader, clauses, fields, signal } = question
  const shard = readNumber(fields, 's', 0, reader.manifest.shards.length - 1)
  const rank = readNumber(fields, 'rank', 0, Number.MAX_SAFE_INTEGER)
  const match = await reader.find(clauses[0]?.[0] ?? new Uint32Array(), { signal })
  const position = findPosition(match.ranges, shard, rank)
  const { document, startOffset } = await reader.occurrence(match, position, { context: 0, unit: 'token', signal })
  return readAround(question, document.document, startOffset)
}

export async function answerDocumentByPointer(question: TokenQuestion) {
  const { reader, fields } = question
  readNumber(fields, 's', 0, reader.manifest.shards.length - 1)
  const pointer = readNumber(fields, 'ptr', 0, Number.MAX_SAFE_INTEGER)
  const document = Math.floor(pointer / pointerBase)
  if (document >= countDocuments(reader)) throw new DoorError(400, 'ptr must be one that find_cnf returned!')
  return readAround(question, document, pointer % pointerBase)
}

function findPosition(ranges: readonly MatchRange[], shard: number, rank: number): number {
  let position = 0
  for (const range of ranges) {
    if (range.shard === shard && rank >= range.lo && rank < range.hi) return position + rank - range.lo
    position += range.hi - range.lo
  }
  throw new DoorError(400, `rank must lie in the segment of shard ${shard} that find returned for this query!`)
}

/** Half of the tokens that are shown stand before the place, the odd one after it. */
async function readAround({ reader, clauses, fields, signal }: TokenQuestion, document: number, offset: number) {
  const shown = readNumber(fields, 'max_disp_len', 1, shownTokens.limit, shownTokens.byDefault)
  const info = await reader.documentInfo(document, { signal })
  if (offset >= info.symbolCount) throw new DoorError(400, 'ptr must be one that find_cnf returned!')
  const start = Math.max(0, offset - Math.floor(shown / 2))
  const { tokens = new Uint32Array() } = await reader.extract(document, start, offset + Math.ceil(shown / 2), {
    signal,
  })
  const described = describeDocument(reader, info)
  return {
    doc_ix: described.document,
    doc_len: described.symbolCount,
    disp_len: tokens.length,
    needle_offset: offset - start,
    metadata: `{"path": null, "linenum": null, "metadata": ${described.metadata ?? 'null'}}`,
    token_ids: [...tokens],
    blocked: false,
    spans: await cutTokenSpans(reader, tokens, clauses),
  }
}

/** The tokens in pieces, those that are a term labelled by its clause; from left to right, without overlaps. */
async function cutTokenSpans(reader: IndexReader, tokens: Uint32Array, clauses: TokenQuestion['clauses']) {
  const pieces: { ids: Uint32Array; label: string | null }[] = []
  const terms = clauses.flatMap((clause, at) => clause.map((ids) => ({ ids, label: String(at) })))
  let from = 0
  for (let at = 0; at < tokens.length; ) {
    const term = terms.find(({ ids }) => ids.length > 0 && ids.every((id, i) => tokens[at + i] === id))
    if (!term) {
      at++
      continue
    }
    if (at > from) pieces.push({ ids: tokens.subarray(from, at), label: null })
    pieces.push(term)
    at += term.ids.length
    from = at
  }
  if (from < tokens.length) pieces.push({ ids: tokens.subarray(from), label: null })
  const texts = await reader.decode(pieces.map(({ ids }) => ids))
  return pieces.map(({ label }, at) => [texts[at] ?? null, label])
}

/**
 * Departure: the original cuts clauses above `max_clause_freq` to a piece of them and estimates; here they are refused, and all
 * that is answered is exact.
 */
async function locateWindows({ reader, clauses, fields, signal }: TokenQuestion): Promise<Window[]> {
  const { byDefault, limit } = maxClauseFrequency
  const frequency = readNumber(fields, 'max_clause_freq', 1, limit, byDefault)
  const distance = readNumber(fields, 'max_diff_tokens', 1, maxDistance.limit, maxDistance.byDefault)
  if (clauses.flat().some(({ length }) => length === 0)) throw new DoorError(400, 'Please provide a non-empty query!')
  const located: Hit[][] = []
  for (const [at, clause] of clauses.entries()) {
    const matches = await Promise.all(clause.map((ids) => reader.find(ids, { signal })))
    const count = matches.reduce((sum, match) => sum + match.count, 0)
    if (count > frequency) {
      throw new DoorError(422, `Clause ${at} occurs ${count} times, max_clause_freq is ${frequency}.`)
    }
    const hits: Hit[] = []
    for (const match of matches) {
      for (let position: number | null = 0; position !== null && match.count > 0; ) {
        const page = await reader.documents(match, {
          limit: pageSize,
          position,
          by: 'occurrence',
          context: 0,
          unit: 'token',
          signal,
        })
        for (const { document, startOffset } of page.occurrences) {
          hits.push({ document: document.document, offset: startOffset })
        }
        position = page.nextPosition
      }
    }
    located.push(hits)
  }
  return findWindows(located, distance)
}

function makePointer(document: number, offset: number): number {
  const pointer = document * pointerBase + offset
  if (Number.isSafeInteger(pointer)) return pointer
  throw new DoorError(422, 'The index has more documents than pointers can name.')
}

function countDocuments({ manifest }: IndexReader): number {
  return manifest.shards.reduce((sum, { documents }) => sum + documents, 0)
}
