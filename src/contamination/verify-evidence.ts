/** Does an index bear out what an evidence bundle says? */
import type { IndexReader } from '../query/index-reader.js'
import { askPatiently } from './ask-patiently.js'
import { countWindows } from './count-windows.js'
import { type EvidenceContent, type EvidenceItem, type EvidenceSpan, hashText, refuse } from './evidence-bundle.js'
import { scoreItem } from './score-item.js'
import { viewText, windowCharacters } from './windows.js'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What was checked. */
export interface EvidenceVerdict {
  readonly items: number
  readonly spans: number
  readonly windows: number
}

/**
 * Does everything again that the bundle says of the index: its manifest, the count of every window, the shares and classes,
 * and the bytes of every passage. O(windows + bytes of the passages).
 *
 * Throws `bad-evidence` with the first thing that differs.
 */
export async function verifyEvidence(
  content: EvidenceContent,
  reader: IndexReader,
  signal?: AbortSignal,
): Promise<EvidenceVerdict> {
  const found = reader.manifestSha256
  if (content.index.manifestSha256 !== found) {
    throw refuse(`It is of an index with manifest ${content.index.manifestSha256}, this one has ${found}.`)
  }
  if (content.windowCharacters !== windowCharacters) {
    throw refuse(`Its windows have ${content.windowCharacters} characters, this program cuts ${windowCharacters}.`)
  }
  const verdict = { items: 0, spans: 0, windows: 0 }
  for (const item of content.items) {
    await verifyScore(content, item, reader, signal)
    for (const span of item.spans) await verifySpan(item, span, reader, signal)
    verdict.items++
    verdict.spans += item.spans.length
    verdict.windows += item.windows
  }
  return verdict
}

async function verifyScore(
  content: EvidenceContent,
  item: EvidenceItem,
  reader: IndexReader,
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = `${item.benchmark} ${item.id}`
  if (hashText(item.text) !== item.textSha256) throw refuse(`${place}: the text does not have its hash.`)
  const text = viewText(item.text, item.view)
  const [windows] = await countWindows(reader, [text], item.view, signal)
  const score = scoreItem(item.view, text, windows, content)
  for (const name of ['windows', 'matched', 'eta', 'class'] as const) {
    if (score[name] === item[name]) continue
    throw refuse(`${place}: ${name} is ${score[name]} in this index, the bundle says ${item[name]}.`)
  }
  const differing = item.counts.findIndex((count, at) => count !== score.counts?.[at])
  if (item.counts.length !== score.counts?.length || differing >= 0) {
    throw refuse(`${place}: window ${differing + 1} does not occur as often as the bundle says.`)
  }
}

async function verifySpan(
  item: EvidenceItem,
  span: EvidenceSpan,
  reader: IndexReader,
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = `${item.benchmark} ${item.id}: document ${span.document} at ${span.startOffset}`
  const { documents } = reader.manifest.statistics
  if (span.document >= documents || span.endOffset < span.startOffset) throw refuse(`${place} is not in this index.`)
  const extract = await askPatiently(signal, () =>
    reader.extract(span.document, span.startOffset, span.endOffset, { signal }),
  )
  const info = await askPatiently(signal, () => reader.documentInfo(span.document, { signal }))
  if (info.externalId !== span.externalId)
    throw refuse(`${place} is of a document called ${info.externalId ?? '(nothing)'}.`)
  const text = decoder.decode(extract.bytes)
  if (text !== span.text || hashText(text) !== span.textSha256) throw refuse(`${place} does not hold that text.`)
}
