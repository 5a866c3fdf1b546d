/** Is what a caller asks for within its bounds? Each check throws `bad-argument` that names the argument and its bounds. */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { SymbolKind } from '../core/pattern.js'
import type { DocumentQueryOptions, Match, PageOptions, SnippetOptions, SymbolUnit } from './index-reader.js'

/** A whole number from `min` to `max`. */
export function checkInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new OmnigramError('bad-argument', `${name} is ${value}; it is a whole number from ${min} to ${max}.`)
  }
}

export function checkSnippet(options: SnippetOptions, symbols: SymbolKind): void {
  checkInteger('context', options.context, 0, limits.contextUnits)
  chooseUnit(options.unit, symbols)
}

/** The unit, or what is usual for the index. */
export function chooseUnit(unit: SymbolUnit | undefined, symbols: SymbolKind): SymbolUnit {
  const units: readonly SymbolUnit[] = symbols === 'tokens' ? ['token'] : ['character', 'byte']
  if (unit === undefined) return units[0]
  if (units.includes(unit)) return unit
  const names = units.map((name) => `'${name}'`).join(' or ')
  throw new OmnigramError('bad-argument', `unit is ${String(unit)}; in an index of ${symbols} it is ${names}.`)
}

/** Of a list of what comes next. */
export function checkLimit(limit: number | undefined): void {
  if (limit !== undefined) checkInteger('limit', limit, 1, Number.MAX_SAFE_INTEGER)
}

export function checkPage(page: PageOptions, symbols: SymbolKind): void {
  checkSnippet(page, symbols)
  checkInteger('limit', page.limit, 1, limits.pageSize)
  if (page.position !== undefined) checkInteger('position', page.position, 0, Number.MAX_SAFE_INTEGER)
  if (page.by !== 'occurrence' && page.by !== 'document') {
    throw new OmnigramError('bad-argument', `by is ${String(page.by)}; it is 'occurrence' or 'document'.`)
  }
  if (page.sampleSeed === undefined) return
  checkInteger('sampleSeed', page.sampleSeed, 0, Number.MAX_SAFE_INTEGER)
  if (page.position !== undefined) throw new OmnigramError('bad-argument', 'A sample has one page: leave position out.')
  if (page.by !== 'occurrence') throw new OmnigramError('bad-argument', 'A sample is taken by occurrence.')
}

/** A match is plain data that may have come from a client: its numbers are checked against the shards. */
export function checkMatch(match: Match, generation: string, shardRows: readonly number[]): void {
  if (match.generation !== generation) {
    throw new OmnigramError('stale-cursor', `It is of generation ${match.generation}, the index is at ${generation}.`)
  }
  let count = 0
  for (const range of match.ranges) {
    checkInteger('shard', range.shard, 0, shardRows.length - 1)
    checkInteger('hi', range.hi, 1, shardRows[range.shard])
    checkInteger('lo', range.lo, 0, range.hi - 1)
    checkInteger('length', range.length, 0, Number.MAX_SAFE_INTEGER)
    count += range.hi - range.lo
  }
  if (count !== match.count) {
    throw new OmnigramError('bad-argument', `count is ${match.count} where the ranges hold ${count}.`)
  }
}

export function checkDocumentQuery(
  terms: { all: readonly unknown[]; any: readonly unknown[]; none: readonly unknown[] },
  options: DocumentQueryOptions,
): void {
  checkInteger('limit', options.limit, 1, limits.pageSize)
  if (options.position !== undefined) checkInteger('position', options.position, 0, Number.MAX_SAFE_INTEGER)
  if (terms.all.length + terms.any.length === 0) {
    throw new OmnigramError('bad-argument', 'all and any are both empty; name at least one pattern to look for.')
  }
  checkInteger('number of terms', terms.all.length + terms.any.length + terms.none.length, 1, limits.terms)
}
