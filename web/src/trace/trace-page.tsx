/** Where do the words of a text stand in the corpus? The text with its spans on one side, the documents on the other. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { listIndexes } from '../search/ask.ts'
import { AnswerProblem, PartialNotice } from '../search/partial-notice.tsx'
import { type Problem, toProblem } from '../server/problem.ts'
import { useAnswer } from '../server/use-answer.ts'
import { isPageKey, type PageKeys, usePageKeys } from '../shell/page-keys.ts'
import { type TraceAnswer, type TraceRequest, traceText } from './ask.ts'
import { DocumentList } from './document-list.tsx'
import { TraceForm } from './trace-form.tsx'
import { type FoundDocument, findStretches, listDocuments } from './trace-view.ts'
import { TracedText } from './traced-text.tsx'
import './trace.css'

const traceKeys: PageKeys = {
  keys: [
    ['/', 'go to the text'],
    ['j k', 'next, previous span'],
    ['Enter', 'show the documents of the span, or the spans of the document'],
    ['Esc', 'show everything again'],
    ['?', 'this help'],
  ],
  note: 'Ctrl + Enter in the text traces it. A trace finds what stands in the corpus word for word; it does not say where a model had it from.',
}

/** A stretch of the text, or a document. */
export type Selection = { readonly stretch: number } | { readonly document: string } | null

export function TracePage() {
  const indexes = useAnswer('indexes', 0, listIndexes)
  const [answer, setAnswer] = useState<{ request: TraceRequest; trace: TraceAnswer } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isTracing, setTracing] = useState(false)
  const asked = useRef<TraceRequest | null>(null)
  const running = useRef<AbortController | null>(null)
  usePageKeys(traceKeys)
  useEffect(() => () => running.current?.abort(), [])
  const trace = async (request: TraceRequest) => {
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    asked.current = request
    setTracing(true)
    setProblem(null)
    try {
      const found = await traceText(request, controller.signal)
      if (!controller.signal.aborted) setAnswer({ request, trace: found })
    } catch (error) {
      if (!controller.signal.aborted) setProblem(toProblem(error))
    } finally {
      if (running.current === controller) setTracing(false)
    }
  }
  const failed = problem ?? indexes.problem
  const askAgain = (partial: boolean) => asked.current && void trace({ ...asked.current, partial })
  return (
    <div class="trace">
      <h1>Trace a text</h1>
      <p class="lead">
        Which words of a text stand in the corpus as they are, how often, and in which documents? The rarest stretches
        are shown, one for each twenty words.
      </p>
      <TraceForm indexes={indexes.answer ?? []} isTracing={isTracing} trace={trace} />
      {failed && <AnswerProblem problem={failed} askOthers={() => askAgain(true)} />}
      {answer?.trace.partial && !problem && (
        <PartialNotice
          partial={answer.trace.partial}
          meaning="Occurrences are lower bounds; with those shards spans may be longer, and others may be chosen."
          askWhole={() => askAgain(false)}
        />
      )}
      {answer && <TraceResult key={JSON.stringify(answer.request)} trace={answer.trace} />}
    </div>
  )
}

function TraceResult({ trace }: { trace: TraceAnswer }) {
  const [selection, select] = useState<Selection>(null)
  const body = useRef<HTMLDivElement>(null)
  const stretches = useMemo(() => findStretches(trace), [trace])
  const documents = useMemo(() => listDocuments(trace), [trace])
  const chosen =
    selection && 'document' in selection ? documents.find(({ key }) => key === selection.document) : undefined
  const shown = listShown(
    documents,
    selection,
    selection && 'stretch' in selection ? stretches[selection.stretch].spans : [],
  )
  useEffect(() => {
    const move = (by: number) => {
      const buttons = [...(body.current?.querySelectorAll<HTMLElement>('.traced-stretch') ?? [])]
      const at = buttons.indexOf(document.activeElement as HTMLElement)
      buttons[at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length]?.focus()
    }
    const press = (event: KeyboardEvent) => {
      if (!isPageKey(event)) return
      if (event.key === 'j') move(1)
      else if (event.key === 'k') move(-1)
      else if (event.key === 'Escape') select(null)
      else return
      event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  return (
    <div class="trace-result" ref={body}>
      <section aria-label="The text">
        <TracedText
          trace={trace}
          stretches={stretches}
          current={selection && 'stretch' in selection ? selection.stretch : null}
          held={new Set(chosen?.places.map(({ span }) => span))}
          select={(stretch) => select(stretch === null ? null : { stretch })}
        />
      </section>
      <section aria-label="Documents">
        <DocumentList
          trace={trace}
          documents={shown}
          total={documents.length}
          current={chosen?.key ?? null}
          isNarrowed={selection !== null && 'stretch' in selection}
          select={(key) => select(key === null ? null : { document: key })}
        />
      </section>
    </div>
  )
}

/** Those that hold a chosen stretch; all of them else. */
function listShown(documents: readonly FoundDocument[], selection: Selection, spans: readonly number[]) {
  if (selection === null || !('stretch' in selection)) return documents
  return documents
    .map((document) => ({ ...document, places: document.places.filter(({ span }) => spans.includes(span)) }))
    .filter(({ places }) => places.length > 0)
}
