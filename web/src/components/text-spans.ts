/** Which parts of a text are meant, when several speak of the same? */

/** A part of a text, in UTF-16 units. */
export interface TextSpan {
  readonly start: number
  readonly end: number
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
