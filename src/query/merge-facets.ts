/** How do the values of a facet field share the occurrences of all shards? */
import type { FacetCounts } from '#native'
import type { FacetResult } from './index-reader.js'
import { compareTexts } from './text-bytes.js'

/** The counts of shards. Most occurrences first, then by value; documents without the field last among equals. */
export function mergeFacets(field: string, shards: readonly FacetCounts[]): FacetResult {
  return mergeFacetResults(
    field,
    shards.map(({ values, occurrences, documents, isComplete }) => ({
      field,
      values: values.map((value, at) => ({ value, occurrences: occurrences[at], documents: documents[at] })),
      isExact: isComplete,
    })),
  )
}

/** As {@link mergeFacets}, of results that were merged once. */
export function mergeFacetResults(field: string, results: readonly FacetResult[]): FacetResult {
  const merged = new Map<string | null, { occurrences: number; documents: number }>()
  for (const { value, occurrences, documents } of results.flatMap(({ values }) => values)) {
    const known = merged.get(value) ?? { occurrences: 0, documents: 0 }
    known.occurrences += occurrences
    known.documents += documents
    merged.set(value, known)
  }
  const values = [...merged]
    .map(([value, counts]) => ({ value, ...counts }))
    .filter(({ occurrences }) => occurrences > 0)
  values.sort((a, b) => b.occurrences - a.occurrences || compareValues(a.value, b.value))
  return { field, values, isExact: results.every(({ isExact }) => isExact) }
}

function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return compareTexts(a, b)
}
