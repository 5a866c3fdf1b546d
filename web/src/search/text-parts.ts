/** Where do bytes of a document stand in its text, and is it text at all? */
import type { TextSpan } from '../components/text-spans.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A text with more than this share of controls and replaced characters is shown as bytes at first. */
const binaryShare = 0.05

/** The first span as bytes of the text; its beginning when there is none. */
export function locateMatch(text: string, [first]: readonly TextSpan[]): { startOffset: number; endOffset: number } {
  if (!first) return { startOffset: 0, endOffset: 0 }
  const startOffset = encoder.encode(text.slice(0, first.start)).length
  return { startOffset, endOffset: startOffset + encoder.encode(text.slice(first.start, first.end)).length }
}

/** Bytes of a text that begins at `textOffset`, as UTF-16 units of it; null for none. */
export function toTextSpan(text: string, textOffset: number, startOffset: number, endOffset: number): TextSpan | null {
  if (endOffset <= Math.max(startOffset, textOffset)) return null
  const bytes = encoder.encode(text)
  const countUnits = (offset: number) => decoder.decode(bytes.subarray(0, Math.max(0, offset - textOffset))).length
  return { start: countUnits(startOffset), end: countUnits(endOffset) }
}

export function isBinary(text: string): boolean {
  const odd = text.match(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd]/g)?.length ?? 0
  return odd > text.length * binaryShare
}
