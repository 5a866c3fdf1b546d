/** `omnigram search --facet FIELD`: how do the occurrences spread over the values of a field? */
import { formatCount } from '../core/units.js'
import type { Match } from '../query/index-reader.js'
import { readPartial, type SearchTarget } from './search-target.js'
import type { WriteLine } from './terminal.js'
import { isSet, type VerbCall } from './verb.js'

export async function showFacets(
  reader: SearchTarget,
  match: Match,
  field: string,
  call: VerbCall,
  writeLine: WriteLine,
): Promise<void> {
  const { terminal, flags, signal } = call
  const result = await reader.countFacets(match, field, { exact: isSet(flags, 'exact'), signal })
  const partial = readPartial(reader)
  const bound = partial ? '≥ ' : ''
  for (const { value, occurrences, documents } of result.values) {
    if (terminal.options.isJson) {
      const numbers = partial
        ? { occurrencesLowerBound: occurrences, documentsLowerBound: documents, exact: false, partial }
        : { occurrences, documents, exact: result.isExact }
      await writeLine(JSON.stringify({ field, value, ...numbers }))
      continue
    }
    const name = value === null ? terminal.style('dim', '(none)') : terminal.showText(value)
    await writeLine(
      `${`${bound}${formatCount(occurrences)}`.padStart(15)} in ${`${bound}${formatCount(documents)}`.padStart(10)} documents\t${name}`,
    )
  }
  if (!result.isExact && !partial)
    terminal.note('Work was capped: the numbers are lower bounds; --exact lifts the cap.')
}
