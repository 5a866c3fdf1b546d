/** `omnigram next`: what follows a pattern, and how often? */
import { formatCount } from '../core/units.js'
import type { NextSymbol } from '../query/index-reader.js'
import { readMatching } from './count.js'
import { withReader } from './open-reader.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

type NextLine = { id: number; text: string | null; count: number } | { end: true; count: number }

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The character of a whole UTF-8 sequence; null for a piece of one. */
function decodeCharacter(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

/** `id` is the byte, or the code point where the unit is a character. */
export function describeNext(symbol: NextSymbol, unit: 'byte' | 'character'): NextLine {
  if (symbol.bytes === null) return { end: true, count: symbol.count }
  const text = decodeCharacter(symbol.bytes)
  const id = unit === 'character' && text !== null ? text.codePointAt(0) : symbol.bytes[0]
  return { id: id ?? 0, text, count: symbol.count }
}

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  const unit = textFlag(flags, 'unit') as 'byte' | 'character'
  const pattern = (call.args[1] as string | undefined) ?? ''
  const result = await withReader(textArg(call, 0), (reader) =>
    reader.next(pattern, { unit, matching: readMatching(flags), signal }),
  )
  const lines = result.next.slice(0, numberFlag(flags, 'top')).map((symbol) => describeNext(symbol, unit))
  if (terminal.options.isJson) {
    await terminal.writeJson({ count: result.count, next: lines })
    return 0
  }
  await terminal.writeLine(`${formatCount(result.count)} occurrences`)
  for (const line of lines) {
    const share = `${((100 * line.count) / result.count).toFixed(2)} %`.padStart(9)
    const name = 'end' in line ? terminal.style('dim', '(end of document)') : describeSymbol(call, line)
    await terminal.writeLine(`${formatCount(line.count).padStart(15)} ${share}  ${name}`)
  }
  return 0
}

function describeSymbol(call: VerbCall, line: { id: number; text: string | null }): string {
  if (line.text === null) return `byte 0x${line.id.toString(16).padStart(2, '0')}`
  return line.text === ' ' ? '␠' : call.terminal.showText(line.text)
}
