/** How do the values of a facet field share the occurrences of all shards? */
import type { FacetCounts } from '#native'
import type { FacetResult } from './index-reader.js'

/** Most occurrences first, then by value; documents without the field last among equals. */
export function mergeFacets(field: string, shards: readonly FacetCounts[]): FacetResult {
  const merged = new Map<string | null, { occurrences: number, documents: number }>()
  for (const { values, occurrences, documents } of shards) {
    values.forEach((value, at) => {
      const known = merged.get(value) ?? { occurrences: 0, documents: 0 }
      known.occurrences += occurrences[at]
      known.documents += documents[at]
      merged.set(value, known)
    })
  }
  const values = [...merged].map(([value, counts]) => ({ value, ...counts })).filter(({ occurrences }) => occurrences > 0)
  values.sort((a, b) => b.occurrences - a.occurrences || compareValues(a.value, b.value))
  return { field, values, isExact: shards.every(({ isComplete }) => isComplete) }
}

function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
