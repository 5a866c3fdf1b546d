/** `omnigram next`: what follows a pattern, and how often? */
import type { SymbolKind } from '../core/pattern.js'
import { formatCount } from '../core/units.js'
import { describeNext } from '../query/describe-next.js'
import type { SymbolUnit } from '../query/index-reader.js'
import { readMatching } from './count.js'
import { withReader } from './open-reader.js'
import { readPartial, readSymbols } from './search-target.js'
import { numberFlag, patternArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  const unit = textFlag(flags, 'unit') as SymbolUnit | undefined
  const pattern = patternArg(call, 1) ?? ''
  const { count, lines, symbols, ids, partial } = await withReader(call, async (reader) => {
    const options = { unit, limit: numberFlag(flags, 'top'), matching: readMatching(flags), signal }
    const result = await reader.next(pattern, options)
    // Of text in a token index it is told which tokens were searched.
    const symbols = await readSymbols(reader)
    const isTokenised = typeof pattern === 'string' && symbols === 'tokens'
    const ids = isTokenised ? [...(await reader.encode([pattern]))[0]] : null
    const lines = await describeNext(reader, result.next, unit)
    return { count: result.count, lines, symbols, ids, partial: readPartial(reader) }
  })
  if (terminal.options.isJson) {
    const bounds = lines.map(({ count: countLowerBound, ...line }) => ({ ...line, countLowerBound }))
    const answer = partial ? { countLowerBound: count, next: bounds, partial } : { count, next: lines }
    await terminal.writeJson({ ...answer, ...(ids && { ids }) })
    return 0
  }
  const bound = partial ? '≥ ' : ''
  await terminal.writeLine(`${bound}${formatCount(count)} occurrences`)
  for (const line of lines) {
    const share = `${((100 * line.count) / count).toFixed(2)} %`.padStart(9)
    const name = 'end' in line ? terminal.style('dim', '(end of document)') : describeSymbol(call, line, symbols)
    await terminal.writeLine(`${`${bound}${formatCount(line.count)}`.padStart(15)} ${share}  ${name}`)
  }
  return 0
}

function describeSymbol(
  call: VerbCall,
  line: { readonly id: number; readonly text: string | null },
  symbols: SymbolKind,
): string {
  if (line.text !== null) return line.text === ' ' ? '␠' : call.terminal.showText(line.text)
  return symbols === 'tokens' ? `token ${line.id}` : `byte 0x${line.id.toString(16).padStart(2, '0')}`
}
