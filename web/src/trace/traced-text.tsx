/** Which parts of the text stand in the corpus? Each stretch leads to its documents; a link flows with the text, as a button does not. */
import type { ComponentChild } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { formatCount, formatShare } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import type { TraceAnswer } from './ask.ts'
import type { Stretch } from './trace-view.ts'

interface TracedTextProps {
  readonly trace: TraceAnswer
  readonly stretches: readonly Stretch[]
  /** The stretch whose documents are shown. */
  readonly current: number | null
  /** Spans of the document that is chosen. */
  readonly held: ReadonlySet<number>
  readonly select: (stretch: number | null) => void
}

export function TracedText({ trace, stretches, current, held, select }: TracedTextProps) {
  const { text, spans, coverage, partial } = trace
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const choose = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-stretch]') : null
      if (!link) return
      event.preventDefault()
      const at = Number(link.dataset.stretch)
      select(current === at ? null : at)
    }
    body.current?.addEventListener('click', choose)
    return () => body.current?.removeEventListener('click', choose)
  }, [current, select])
  const parts: ComponentChild[] = []
  let shown = 0
  for (const [at, stretch] of stretches.entries()) {
    parts.push(<VisibleText key={`to ${stretch.start}`} text={text.slice(shown, stretch.start)} keepLines />)
    parts.push(
      <a
        key={stretch.start}
        href="#traced-documents"
        class={describeClass(
          stretch,
          stretch.spans.some((span) => held.has(span)),
        )}
        aria-current={current === at}
        title={describeCounts(trace, stretch)}
        data-stretch={at}
      >
        <VisibleText text={text.slice(stretch.start, stretch.end)} keepLines />
        <span class="hidden"> ({describeCounts(trace, stretch)})</span>
      </a>,
    )
    shown = stretch.end
  }
  parts.push(<VisibleText key="rest" text={text.slice(shown)} keepLines />)
  return (
    <>
      <p class="trace-summary" role="status">
        <strong>{formatCount(spans.length)}</strong> {spans.length === 1 ? 'span' : 'spans'}
        {coverage !== undefined && (
          <>
            {' '}
            {spans.length === 1 ? 'covers' : 'cover'} <strong>{formatShare(coverage)}</strong> of the text
          </>
        )}
        . {spans.length === 0 && sayNothing(partial !== undefined)}
      </p>
      {spans.length > 0 && (
        <p class="trace-legend hint">
          Documents: <span class="traced-key is-high">high</span> <span class="traced-key is-medium">medium</span>{' '}
          <span class="traced-key is-low">low</span> relevance
        </p>
      )}
      <div class="traced-text" ref={body}>
        {parts}
      </div>
    </>
  )
}

function sayNothing(isPartial: boolean): string {
  if (isPartial) return 'Nothing of it in the shards that answered; those that are missing cannot say.'
  return 'No word of it stands in these indexes.'
}

function describeClass({ relevance }: Stretch, isHeld: boolean): string {
  return `traced-stretch is-${relevance ?? 'low'}${isHeld ? ' is-held' : ''}`
}

function describeCounts({ spans, partial }: TraceAnswer, { spans: places }: Stretch): string {
  const counts = places.map((place) => `${partial ? '≥ ' : ''}${formatCount(spans[place].count)}`)
  return `${counts.join(' and ')} ${counts.length === 1 && counts[0] === '1' ? 'occurrence' : 'occurrences'}`
}
