/** How does a person check a benchmark that nobody may see? It is read in this page, and what leaves is shown before it does. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { FileDrop } from '../components/file-drop.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import type { PrivateOrder, PrivateOutcome, PrivateSummary } from '../local/private-checks.ts'
import { type Problem, toProblem } from '../server/problem.ts'
import type { Place } from './place.ts'
import { PrivateForm } from './private-form.tsx'
import { holdReport } from './private-reports.ts'
import { PrivateResult } from './private-result.tsx'
import type { ChangePlace } from './use-place.ts'

interface PrivateCheckProps {
  readonly place: Place
  readonly change: ChangePlace
}

/** What the visitor says of the file; empty for what is found as usual. */
export interface FileFields {
  readonly name: string
  readonly field: string
  readonly answerField: string
}

interface Progress {
  readonly phase: string
  readonly share: number
}

const phaseLabels: Readonly<Record<string, string>> = {
  start: 'Starting',
  fetch: 'Fetching the index',
  ask: 'Asking for counts',
  count: 'Looking up the windows',
  evidence: 'Gathering evidence',
}

const newFields: FileFields = { name: 'private benchmark', field: '', answerField: '' }

export function PrivateCheck({ place, change }: PrivateCheckProps) {
  const [file, setFile] = useState<File | null>(null)
  const [fields, setFields] = useState(newFields)
  const [summary, setSummary] = useState<PrivateSummary | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const [checked, setChecked] = useState<PrivateOutcome | null>(null)
  const controller = useRef<AbortController | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const [isWorking, isDone] = [progress !== null, checked !== null]
  // What had the focus goes with each step.
  useLayoutEffect(() => heading.current?.focus(), [isWorking, isDone])
  useEffect(() => () => controller.current?.abort(), [])

  const read = async (next: File, said: FileFields) => {
    controller.current?.abort()
    const current = new AbortController()
    controller.current = current
    setFile(next)
    setFields(said)
    setSummary(null)
    setChecked(null)
    setProblem(null)
    try {
      const { summarizeBenchmark } = await import('../local/private-checks.ts')
      const found = await summarizeBenchmark({ file: next, fields: toBenchmarkFields(said) }, current.signal)
      if (!current.signal.aborted) setSummary(found)
    } catch (error) {
      if (!current.signal.aborted) setProblem(toProblem(error))
    }
  }
  const run = async (order: Omit<PrivateOrder, 'benchmark' | 'lookup'>) => {
    if (file === null || summary === null) return
    const current = new AbortController()
    controller.current = current
    setProblem(null)
    setProgress({ phase: 'start', share: 0 })
    try {
      const { runPrivateCheck } = await import('../local/private-checks.ts')
      const benchmark = { file, fields: toBenchmarkFields(fields) }
      const onProgress = (phase: string, share: number) => setProgress({ phase, share })
      const result = await runPrivateCheck(
        { ...order, benchmark, lookup: summary },
        { onProgress, signal: current.signal },
      )
      holdReport(result.id)
      setChecked(result)
      announce('The private check is done')
    } catch (error) {
      if (current.signal.aborted) announce('The check was stopped')
      else setProblem(toProblem(error))
    } finally {
      setProgress(null)
    }
  }
  const forget = () => {
    setFile(null)
    setFields(newFields)
    setSummary(null)
    setChecked(null)
  }
  return (
    <section class="check-panel private-check" aria-label="Private check">
      <header>
        <h2 ref={heading} tabIndex={-1}>
          Check privately
        </h2>
        <Button kind="plain" onClick={() => change({ check: null, cell: null })}>
          Close
        </Button>
      </header>
      {!isDone && !isWorking && (
        <FileDrop
          label="Drop an unpublished benchmark here"
          hint="JSON lines, JSON, CSV, TSV or Parquet, also .gz or .zst. It is read in this page; nothing is sent before you have seen what, and agreed."
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.gz,.zst"
          take={(next) => read(next, newFields)}
        />
      )}
      {problem && <ProblemNotice problem={problem} />}
      {file && !isDone && !isWorking && (
        <PrivateForm
          key={file.name}
          file={file}
          fields={fields}
          summary={summary}
          say={(said) => read(file, said)}
          run={run}
        />
      )}
      {progress && (
        <div class="check-progress" role="status">
          <ProgressBar
            label={phaseLabels[progress.phase] ?? progress.phase}
            share={progress.phase === 'start' ? null : progress.share}
            detail={`${Math.floor(100 * progress.share)} %`}
          />
          <Button onClick={() => controller.current?.abort()}>Abort</Button>
        </div>
      )}
      {checked && <PrivateResult checked={checked} place={place} change={change} forget={forget} />}
    </section>
  )
}

function toBenchmarkFields({ name, field, answerField }: FileFields) {
  return { name: name || newFields.name, ...(field && { field }), ...(answerField && { answerField }) }
}
