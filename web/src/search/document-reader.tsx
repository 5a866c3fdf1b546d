/** What does the document say around the match? Loaded in parts, widened on demand. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { useAnswer } from '../server/use-answer.ts'
import type { DocumentAnswer } from './answers.ts'
import { readDocument } from './ask.ts'
import { ByteView } from './byte-view.tsx'
import { findMatches } from './find-matches.ts'
import { listMetadata, nameDocument } from './hits.ts'
import type { OpenPlace, Query } from './query.ts'
import { ReaderText } from './reader-text.tsx'
import { isBinary, locateMatch } from './text-parts.ts'
import { readerEvents } from './use-keys.ts'
import type { ChangeQuery } from './use-query.ts'

const firstReachBytes = 8_000
const maxReachBytes = 4_000_000

/** A document that is opened as a whole is searched for its first match up to here. */
const searchedBytes = 4_000_000

interface DocumentReaderProps {
  readonly query: Query
  readonly place: OpenPlace
  readonly change: ChangeQuery
}

export function DocumentReader({ query, place, change }: DocumentReaderProps) {
  const [reachBytes, setReachBytes] = useState(firstReachBytes)
  const panel = useRef<HTMLElement>(null)
  const placeKey = JSON.stringify(place)
  useEffect(() => {
    setReachBytes(firstReachBytes)
    panel.current?.focus()
  }, [placeKey])
  useEffect(() => {
    // Who came by keys goes on where they were.
    return () => document.querySelector<HTMLElement>('.results .is-selected .row')?.focus({ preventScroll: true })
  }, [])
  const { answer, problem, isSlow } = useAnswer(`${placeKey} ${reachBytes}`, 0, (signal) =>
    readAround(query, place, reachBytes, signal),
  )
  const widen = () => setReachBytes((reach) => Math.min(reach * 4, maxReachBytes))
  useEffect(() => {
    addEventListener(readerEvents.o, widen)
    return () => removeEventListener(readerEvents.o, widen)
  }, [])
  return (
    <aside class="reader" aria-label="Document" tabIndex={-1} ref={panel}>
      <header>
        <h2>{answer ? <VisibleText text={nameDocument(answer.document)} /> : `document ${place.document}`}</h2>
        <Button kind="plain" aria-label="Close the document" onClick={() => change({ open: null })}>
          Close <kbd>Esc</kbd>
        </Button>
      </header>
      {problem && <ProblemNotice problem={problem} />}
      {!answer && isSlow && <p class="hint">loading…</p>}
      {answer && <Body answer={answer} query={query} place={place} widen={reachBytes < maxReachBytes ? widen : null} />}
    </aside>
  )
}

/** The text around the match; of a document as a whole, around the first match that there is. */
async function readAround(
  query: Query,
  place: OpenPlace,
  reachBytes: number,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  const { index, document } = place
  const read = (start: number, end: number) =>
    readDocument(index, document, Math.max(0, start - reachBytes), end + reachBytes, signal)
  if (place.endOffset > 0) return read(place.startOffset, place.endOffset)
  const whole = await readDocument(index, document, 0, searchedBytes, signal)
  const first = locateMatch(whole.text, findMatches(whole.text, query))
  return read(first.startOffset, first.endOffset)
}

interface BodyProps {
  readonly answer: DocumentAnswer
  readonly query: Query
  readonly place: OpenPlace
  /** Null when no more is shown. */
  readonly widen: (() => void) | null
}

function Body({ answer, query, place, widen }: BodyProps) {
  const { document, text, startOffset, endOffset } = answer
  const [chosenView, setView] = useState<'text' | 'bytes' | null>(null)
  const view = chosenView ?? (isBinary(text) ? 'bytes' : 'text')
  const more = widen && (
    <button type="button" class="more" onClick={widen}>
      Show more <kbd>o</kbd>
    </button>
  )
  return (
    <>
      <div class="reader-bar">
        <p>
          {document.index}, document {formatCount(document.document)}, {formatBytes(document.textBytes)}
          {place.endOffset > 0 && `, bytes ${formatCount(place.startOffset)} to ${formatCount(place.endOffset)}`}
        </p>
        <Chip isOn={view === 'bytes'} toggle={() => setView(view === 'bytes' ? 'text' : 'bytes')}>
          Bytes
        </Chip>
      </div>
      {document.metadata !== null && <Metadata metadata={document.metadata} />}
      {startOffset > 0 && more}
      {view === 'text' ? (
        <ReaderText answer={answer} query={query} place={place} />
      ) : (
        <ByteView text={text} startOffset={startOffset} place={place} />
      )}
      {endOffset < document.textBytes && more}
    </>
  )
}

function Metadata({ metadata }: { metadata: string }) {
  const fields = listMetadata(metadata)
  if (fields.length === 0) return null
  return (
    <dl>
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>
            <VisibleText text={name} />
          </dt>
          <dd>
            <VisibleText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
