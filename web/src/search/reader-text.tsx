/** What does the text say, and where in it are the matches? */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { HighlightedText } from '../components/highlighted-text.tsx'
import { joinSpans } from '../components/text-spans.ts'
import { findMatches } from './find-matches.ts'
import type { Query } from './query.ts'
import type { DocumentPart } from './read-part.ts'
import { readerEvents } from './use-keys.ts'

interface ReaderTextProps {
  readonly part: DocumentPart
  readonly query: Query
}

export function ReaderText({ part: { text, match: own }, query }: ReaderTextProps) {
  const body = useRef<HTMLPreElement>(null)
  const spans = useMemo(
    () => [...(query.asIds ? [] : findMatches(text, query)), ...(own ? [own] : [])],
    [text, query, own],
  )
  const ownAt = own ? joinSpans(spans, text.length).findIndex(({ end }) => end > own.start) : 0
  useEffect(() => {
    const marks = () => [...(body.current?.querySelectorAll('mark') ?? [])]
    let at = Math.max(0, ownAt)
    const show = (to: number) => {
      const all = marks()
      if (all.length === 0) return
      at = (to + all.length) % all.length
      for (const [other, mark] of all.entries()) mark.classList.toggle('is-current', other === at)
      all[at].scrollIntoView({ block: 'center' })
    }
    show(at)
    const next = () => show(at + 1)
    const previous = () => show(at - 1)
    addEventListener(readerEvents.n, next)
    addEventListener(readerEvents.p, previous)
    return () => {
      removeEventListener(readerEvents.n, next)
      removeEventListener(readerEvents.p, previous)
    }
  }, [text, ownAt])
  return (
    <pre ref={body}>
      <HighlightedText text={text} spans={spans} keepLines />
    </pre>
  )
}
