/** Which documents have the same text, and how much do they take? */
import type { IndexReader } from '../query/index-reader.js'
import type { RepeatedGrams } from '../query/repetition-scan.js'
import type { DuplicateDocuments } from './repetition-report.js'

/** Documents that are listed of a group. */
const documentsListed = 5

export interface FoundDuplicates {
  readonly report: DuplicateDocuments
  /** By source: documents whose text an earlier one has. */
  readonly bySource: readonly number[]
}

/** Lists the `top` groups whose copies take most. */
export async function describeDuplicates(
  reader: IndexReader,
  { twins, twinSources, twinEnds, twinSymbols }: RepeatedGrams,
  top: number,
  hasField: boolean,
): Promise<FoundDuplicates> {
  const bySource: number[] = []
  let redundantSymbols = 0
  let crossingGroups = 0
  const groups = Array.from(twinEnds, (end, at) => ({
    start: at === 0 ? 0 : twinEnds[at - 1],
    end,
    symbols: twinSymbols[at],
  }))
  for (const { start, end, symbols } of groups) {
    redundantSymbols += symbols * (end - start - 1)
    const sources = twinSources.subarray(start, end)
    if (sources.some((source) => source !== sources[0])) crossingGroups++
    for (const source of sources.subarray(1)) bySource[source] = (bySource[source] ?? 0) + 1
  }
  const cost = ({ start, end, symbols }: (typeof groups)[number]) => symbols * (end - start - 1)
  const largest = []
  for (const group of groups.sort((a, b) => cost(b) - cost(a) || a.start - b.start).slice(0, top)) {
    const documents = []
    for (const document of twins.subarray(group.start, Math.min(group.end, group.start + documentsListed))) {
      documents.push({ document, externalId: (await reader.documentInfo(document)).externalId })
    }
    largest.push({ symbols: group.symbols, count: group.end - group.start, documents })
  }
  return {
    report: {
      groups: groups.length,
      documents: twins.length,
      redundantDocuments: twins.length - groups.length,
      redundantSymbols,
      crossingGroups: hasField ? crossingGroups : null,
      largest,
    },
    bySource,
  }
}
