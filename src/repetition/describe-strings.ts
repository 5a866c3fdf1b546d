/** Which repeated strings are shown, what do they say, and where do they stand? */
import type { IndexReader, Match } from '../query/index-reader.js'
import type { RepeatedString } from '../query/repetition-scan.js'
import type { MaximalString, StringPlace } from './repetition-report.js'

export interface StringOptions {
  /** Symbols of a gram. */
  readonly length: number
  readonly field: string | null
  readonly top: number
  readonly signal?: AbortSignal
}

/** Symbols of a string that are compared with others. */
const comparedSymbols = 16_384
/** UTF-16 units of a string that are shown. */
const shownUnits = 300
/** Symbols whose text is those units or more, in tokens or in bytes. */
const shownSymbols = 1_200

/** The beginning of a string. */
interface Head {
  /** Its symbols as text in which a substring is a substring of symbols. */
  readonly key: string
  readonly isWhole: boolean
}

/**
 * The best `top` strings, but for those that share a gram at their beginning or end with a better one, or hold one's
 * beginning or end: they would say the same thing again.
 */
export async function describeStrings(
  reader: IndexReader,
  strings: readonly RepeatedString[],
  options: StringOptions,
): Promise<MaximalString[]> {
  const described: MaximalString[] = []
  const heads: Head[] = []
  for (const string of strings) {
    if (described.length >= options.top) break
    const head = await readHead(reader, string, options)
    if (heads.some((better) => overlap(head, better, options.length))) continue
    heads.push(head)
    described.push(await describeString(reader, string, options))
  }
  return described
}

function overlap(a: Head, b: Head, length: number): boolean {
  return edges(a, length).some((edge) => b.key.includes(edge)) || edges(b, length).some((edge) => a.key.includes(edge))
}

/** The first gram of a string, and the last when it is known. */
function edges({ key, isWhole }: Head, length: number): string[] {
  // A token is a comma and its number, a byte a character.
  if (key.startsWith(',')) {
    const tokens = key.split(',').slice(1, -1)
    const join = (part: readonly string[]) => `,${part.join(',')},`
    return [join(tokens.slice(0, length)), ...(isWhole ? [join(tokens.slice(-length))] : [])]
  }
  return [key.slice(0, length), ...(isWhole ? [key.slice(-length)] : [])]
}

async function readHead(
  reader: IndexReader,
  { length, places }: RepeatedString,
  { signal }: StringOptions,
): Promise<Head> {
  const start = places[1] - length
  const end = Math.min(places[1], start + comparedSymbols)
  const { bytes, tokens } = await reader.extract(places[0], start, end, { signal })
  const key = tokens ? `,${tokens.join(',')},` : Buffer.from(bytes ?? []).toString('latin1')
  return { key, isWhole: length <= comparedSymbols }
}

async function describeString(
  reader: IndexReader,
  { length, count, ranges, places }: RepeatedString,
  { field, signal }: StringOptions,
): Promise<MaximalString> {
  const start = places[1] - length
  const { bytes } = await reader.extract(places[0], start, Math.min(places[1], start + shownSymbols), { signal })
  const text = bytes && new TextDecoder().decode(bytes)
  const match: Match = {
    generation: reader.generation,
    count,
    ranges: Array.from({ length: ranges.length / 3 }, (_, at) => ({
      shard: ranges[3 * at],
      lo: ranges[3 * at + 1],
      hi: ranges[3 * at + 2],
      length,
    })),
  }
  const documents = await reader.countDocuments(match, { signal })
  const facets = field === null ? [] : (await reader.countFacets(match, field, { signal })).values
  return {
    length,
    count,
    text: text === null ? null : Array.from(text).slice(0, shownUnits).join(''),
    isCut: length > shownSymbols || (text !== null && Array.from(text).length > shownUnits),
    documents: { count: documents.count, isExact: documents.isExact },
    sources: facets.map(({ value, occurrences }) => ({ source: value, occurrences })),
    places: await describePlaces(reader, length, places, signal),
  }
}

async function describePlaces(
  reader: IndexReader,
  length: number,
  places: Float64Array,
  signal: AbortSignal | undefined,
): Promise<StringPlace[]> {
  const described: StringPlace[] = []
  for (let at = 0; at < places.length; at += 2) {
    const { externalId } = await reader.documentInfo(places[at], { signal })
    described.push({
      document: places[at],
      externalId,
      startOffset: places[at + 1] - length,
      endOffset: places[at + 1],
    })
  }
  return described.sort((a, b) => a.document - b.document || a.startOffset - b.startOffset)
}
