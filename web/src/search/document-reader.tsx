/** What does the document say around the match? Loaded in parts, widened on demand. */
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatBytes, formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { useAnswer } from '../server/use-answer.ts'
import type { DocumentAnswer } from './answers.ts'
import { readDocument } from './ask.ts'
import type { OpenPlace } from './query.ts'
import { nameDocument } from './result-list.tsx'

const firstReachBytes = 8_000
const maxReachBytes = 4_000_000

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text before, in and after the match. */
function cutText({ text, startOffset }: DocumentAnswer, place: OpenPlace): readonly [string, string, string] {
  const bytes = encoder.encode(text)
  const start = Math.max(0, place.startOffset - startOffset)
  const end = Math.max(start, place.endOffset - startOffset)
  const part = (from: number, to: number) => decoder.decode(bytes.subarray(from, to))
  return [part(0, start), part(start, end), part(end, bytes.length)]
}

export function DocumentReader({ place, close }: { place: OpenPlace; close: () => void }) {
  const [reachBytes, setReachBytes] = useState(firstReachBytes)
  const mark = useRef<HTMLElement>(null)
  const panel = useRef<HTMLElement>(null)
  const placeKey = JSON.stringify(place)
  useEffect(() => {
    setReachBytes(firstReachBytes)
    panel.current?.focus()
  }, [placeKey])
  const start = Math.max(0, place.startOffset - reachBytes)
  const end = place.endOffset + reachBytes
  const { answer, problem } = useAnswer(`${placeKey} ${reachBytes}`, 0, (signal) =>
    readDocument(place.index, place.document, start, end, signal),
  )
  useEffect(() => mark.current?.scrollIntoView({ block: 'center' }), [placeKey, answer === null])
  useEffect(() => {
    const widen = () => setReachBytes((reach) => Math.min(reach * 4, maxReachBytes))
    addEventListener('omnigram:widen', widen)
    return () => removeEventListener('omnigram:widen', widen)
  }, [])
  return (
    <aside class="reader" aria-label="Document" tabIndex={-1} ref={panel}>
      <header>
        <h2>{answer ? <VisibleText text={nameDocument(answer.document)} /> : `document ${place.document}`}</h2>
        <button type="button" class="plain" onClick={close} aria-label="Close the document">
          close <kbd>Esc</kbd>
        </button>
      </header>
      {problem && <ProblemNotice problem={problem} />}
      {answer && <Body answer={answer} place={place} markRef={mark} widen={() => setReachBytes(reachBytes * 4)} />}
    </aside>
  )
}

interface BodyProps {
  readonly answer: DocumentAnswer
  readonly place: OpenPlace
  readonly markRef: RefObject<HTMLElement | null>
  readonly widen: () => void
}

function Body({ answer, place, markRef, widen }: BodyProps) {
  const { document, startOffset, endOffset } = answer
  const [before, match, after] = cutText(answer, place)
  const more = (
    <button type="button" class="more" onClick={widen}>
      Show more <kbd>o</kbd>
    </button>
  )
  return (
    <>
      <dl>
        <dt>Index</dt>
        <dd>
          {document.index}, document {formatCount(document.document)}
        </dd>
        <dt>Size</dt>
        <dd>{formatBytes(document.textBytes)}</dd>
        <dt>Match</dt>
        <dd>
          bytes {formatCount(place.startOffset)} to {formatCount(place.endOffset)}
        </dd>
        {readMetadata(document.metadata).map(([name, value]) => (
          <>
            <dt key={name}>
              <VisibleText text={name} />
            </dt>
            <dd>
              <VisibleText text={value} />
            </dd>
          </>
        ))}
      </dl>
      {startOffset > 0 && more}
      <pre>
        <VisibleText text={before} keepLines />
        <mark ref={markRef}>
          <VisibleText text={match} keepLines />
        </mark>
        <VisibleText text={after} keepLines />
      </pre>
      {endOffset < document.textBytes && more}
    </>
  )
}

/** Fields and values as text; what is not a string as its JSON. */
function readMetadata(metadata: string | null): [string, string][] {
  if (metadata === null) return []
  const fields = JSON.parse(metadata) as Record<string, unknown>
  return Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
}
