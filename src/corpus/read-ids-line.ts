/** Which document is a JSON line that holds ready token ids? */
import { Buffer } from 'node:buffer'
import type { CorpusDocument } from '../core/document.js'
import { limits } from '../core/limits.js'
import { type IdsOptions, tokenBytes } from './corpus-options.js'
import type { FileContext } from './file-context.js'
import { describeComplex, parseRecord, sliceFields } from './parse-record.js'
import { parseTokenIds } from './parse-token-ids.js'
import type { RepairedText } from './repair-utf8.js'
import { type FieldSpan, scanFields } from './scan-fields.js'
import { type RecordDefect, selectFields } from './select-fields.js'

/** Stands for the ids while the rest of the line is read as JSON. */
const standIn = Buffer.from('0')

/** No text. */
const empty = new Uint8Array()

/**
 * Cuts the array out and reads the rest like other lines, so that millions of ids are never a JavaScript value each.
 * O(n). Of several arrays of that name the last one counts, as with `JSON.parse`.
 */
export function readIdsLine(
  { bytes: source, replacedCount, number }: RepairedText & { readonly number: number },
  { field, vocabulary }: IdsOptions,
  file: FileContext,
): CorpusDocument | RecordDefect | null {
  const maxValues = limits.lineTokens + limits.lineValues
  const spans = scanFields(source, maxValues)
  if (spans === 'too-complex') return describeComplex(maxValues)
  const span = spans === 'malformed' ? undefined : spans.findLast((candidate) => isNamed(source, candidate, field))
  const rest = span ? cutOut(source, span) : source
  const parsed = parseRecord(rest)
  if ('kind' in parsed) return parsed
  if (!span) return { kind: 'missing-text', detail: `there is no field ${JSON.stringify(field)}` }
  const tokens = parseTokenIds(source.subarray(span.valueStartOffset, span.valueEndOffset), vocabulary, field)
  if ('kind' in tokens) return tokens
  const lengthDefect = file.findLengthDefect(tokens.length * tokenBytes)
  if (lengthDefect) return lengthDefect
  const selected = selectFields(sliceFields(rest, parsed.sourceText, parsed.spans, field), file.options)
  if ('kind' in selected) return selected
  if (!file.allowReplacements(number, replacedCount + selected.replacedCount)) return null
  const { externalId, metadata, facets } = selected
  return { text: empty, tokens, externalId, metadata, facets, source: { path: file.path, line: number } }
}

function isNamed(source: Buffer, { nameStartOffset, nameEndOffset }: FieldSpan, field: string): boolean {
  const rawName = source.toString('utf8', nameStartOffset, nameEndOffset)
  try {
    return JSON.parse(rawName) === field
  } catch {
    return false
  }
}

function cutOut(source: Buffer, { valueStartOffset, valueEndOffset }: FieldSpan): Buffer {
  return Buffer.concat([source.subarray(0, valueStartOffset), standIn, source.subarray(valueEndOffset)])
}
