/** `omnigram search --facet FIELD`: how do the occurrences spread over the values of a field? */
import { formatCount } from '../core/units.js'
import type { Match } from '../query/index-reader.js'
import type { SearchTarget } from './search-target.js'
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
  for (const { value, occurrences, documents } of result.values) {
    if (terminal.options.isJson) {
      await writeLine(JSON.stringify({ field, value, occurrences, documents, exact: result.isExact }))
      continue
    }
    const name = value === null ? terminal.style('dim', '(none)') : terminal.showText(value)
    await writeLine(
      `${formatCount(occurrences).padStart(15)} in ${formatCount(documents).padStart(10)} documents\t${name}`,
    )
  }
  if (!result.isExact) terminal.note('Work was capped: the numbers are lower bounds; --exact lifts the cap.')
}
