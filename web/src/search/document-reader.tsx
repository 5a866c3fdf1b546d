/** What does the document say around the match? Loaded in parts, widened on demand. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import { formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { useAnswer } from '../server/use-answer.ts'
import { ByteView } from './byte-view.tsx'
import { describeSize, listMetadata, nameDocument, unitOf } from './hits.ts'
import type { OpenPlace, Query } from './query.ts'
import { type DocumentPart, readPart } from './read-part.ts'
import { ReaderText } from './reader-text.tsx'
import { isBinary } from './text-parts.ts'
import { readerEvents } from './use-keys.ts'
import type { ChangeQuery } from './use-query.ts'

/** Bytes, or tokens, on each side of the match. */
const firstReach = 8_000
const maxReach = 4_000_000

interface DocumentReaderProps {
  readonly query: Query
  readonly place: OpenPlace
  readonly change: ChangeQuery
}

export function DocumentReader({ query, place, change }: DocumentReaderProps) {
  const [reach, setReach] = useState(firstReach)
  const panel = useRef<HTMLElement>(null)
  const placeKey = JSON.stringify(place)
  // Focus moves before painting, here and when the panel goes: later a person may have gone elsewhere by a key.
  useLayoutEffect(() => {
    setReach(firstReach)
    panel.current?.focus()
  }, [placeKey])
  useLayoutEffect(() => {
    // Who came by keys goes on where they were.
    return () => document.querySelector<HTMLElement>('.results .is-selected .row')?.focus({ preventScroll: true })
  }, [])
  const { answer, problem, isSlow } = useAnswer(`${placeKey} ${reach}`, 0, (signal) =>
    readPart(query, place, reach, signal),
  )
  const widen = () => setReach((reach) => Math.min(reach * 4, maxReach))
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
      {answer && <Body part={answer} query={query} place={place} widen={reach < maxReach ? widen : null} />}
    </aside>
  )
}

interface BodyProps {
  readonly part: DocumentPart
  readonly query: Query
  readonly place: OpenPlace
  /** Null when no more is shown. */
  readonly widen: (() => void) | null
}

function Body({ part, query, place, widen }: BodyProps) {
  const { document, text, startOffset, endOffset } = part
  const unit = unitOf(document)
  const [chosenView, setView] = useState<'text' | 'bytes' | null>(null)
  const view = unit === 'token' ? 'text' : (chosenView ?? (isBinary(text) ? 'bytes' : 'text'))
  const more = widen && (
    <button type="button" class="more" onClick={widen}>
      Show more <kbd>o</kbd>
    </button>
  )
  return (
    <>
      <div class="reader-bar">
        <p>
          {document.index}, document {formatCount(document.document)}, {describeSize(document)}
          {place.endOffset > 0 && `, ${unit}s ${formatCount(place.startOffset)} to ${formatCount(place.endOffset)}`}
        </p>
        {unit === 'byte' && (
          <Chip isOn={view === 'bytes'} toggle={() => setView(view === 'bytes' ? 'text' : 'bytes')}>
            Bytes
          </Chip>
        )}
      </div>
      {document.metadata !== null && <Metadata metadata={document.metadata} />}
      {startOffset > 0 && more}
      {view === 'text' ? (
        <ReaderText part={part} query={query} />
      ) : (
        <ByteView text={text} startOffset={startOffset} place={place} />
      )}
      {endOffset < document.symbolCount && more}
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
