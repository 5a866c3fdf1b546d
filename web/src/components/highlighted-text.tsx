/** Which parts of a text are meant? */
import type { ComponentChild } from 'preact'
import { VisibleText } from './visible-text.tsx'

/** A part of a text, in UTF-16 units. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

interface HighlightedTextProps {
  readonly text: string
  /** In any order; what overlaps or touches is marked as one. */
  readonly spans: readonly TextSpan[]
  readonly keepLines?: boolean
}

export function HighlightedText({ text, spans, keepLines = false }: HighlightedTextProps) {
  const parts: ComponentChild[] = []
  let shown = 0
  for (const { start, end } of joinSpans(spans, text.length)) {
    parts.push(<VisibleText key={`to ${start}`} text={text.slice(shown, start)} keepLines={keepLines} />)
    parts.push(
      <mark key={start}>
        <VisibleText text={text.slice(start, end)} keepLines={keepLines} />
      </mark>,
    )
    shown = end
  }
  parts.push(<VisibleText key="rest" text={text.slice(shown)} keepLines={keepLines} />)
  return <>{parts}</>
}

/** Spans in order, without overlap, within `length`. */
export function joinSpans(spans: readonly TextSpan[], length: number): TextSpan[] {
  const joined: TextSpan[] = []
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const cut = { start: Math.max(0, start), end: Math.min(end, length) }
    if (cut.end <= cut.start) continue
    const last = joined.at(-1)
    if (last && cut.start <= last.end) joined[joined.length - 1] = { ...last, end: Math.max(last.end, cut.end) }
    else joined.push(cut)
  }
  return joined
}
