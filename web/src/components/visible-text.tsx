/** How is text of unknown origin shown? As text, with what cannot be seen made visible. */
import type { ComponentChild } from 'preact'

// Controls, and characters that reorder or hide text.
const hidden = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

function nameHidden(character: string): string {
  const code = character.charCodeAt(0)
  if (character === '\n') return '↵'
  if (character === '\t') return '⇥'
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** One line: line ends and controls stand as small marks. With `keepLines` line ends and tabs are kept as they are. */
export function VisibleText({ text, keepLines = false }: { text: string; keepLines?: boolean }) {
  const parts: ComponentChild[] = []
  let start = 0
  for (const match of text.matchAll(hidden)) {
    const character = match[0]
    if (keepLines && (character === '\n' || character === '\t')) continue
    if (character === '\r' && text[match.index + 1] === '\n') {
      parts.push(text.slice(start, match.index))
      start = match.index + 1
      continue
    }
    parts.push(text.slice(start, match.index))
    parts.push(<span class="control">{nameHidden(character)}</span>)
    start = match.index + 1
  }
  parts.push(text.slice(start))
  return <>{parts}</>
}
