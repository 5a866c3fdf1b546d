/** Which parts of a text are meant? */
import type { ComponentChild } from 'preact'
import { joinSpans, type TextSpan } from './text-spans.ts'
import { VisibleText } from './visible-text.tsx'

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
