/** How far is a check, and what came out? */
import { useEffect, useState } from 'preact/hooks'
import { announce, copyText } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { Problem, toProblem } from '../server/problem.ts'
import { useAnswer, useKeyChanges } from '../server/use-answer.ts'
import type { Check } from './answers.ts'
import { cancelCheck, publishCheck, readReport } from './ask.ts'
import { asTable, makeMatrix } from './matrix.ts'
import { MatrixTable } from './matrix-table.tsx'
import type { Place } from './place.ts'
import type { ChangePlace } from './use-place.ts'
import { watchCheck } from './watch-check.ts'

interface CheckPanelProps {
  readonly id: string
  readonly place: Place
  readonly change: ChangePlace
}

export function CheckPanel({ id, place, change }: CheckPanelProps) {
  const [check, setCheck] = useState<Check | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const keyChanges = useKeyChanges()
  useEffect(() => {
    const controller = new AbortController()
    setProblem(null)
    watchCheck(id, controller.signal, setCheck).catch((error: unknown) => {
      if (!controller.signal.aborted) setProblem(toProblem(error))
    })
    return () => controller.abort()
  }, [id, keyChanges])
  return (
    <section class="check-panel" aria-label="Your check">
      <header>
        <h2>{check ? <VisibleText text={check.name} /> : 'Your check'}</h2>
        <Button kind="plain" onClick={() => change({ check: null })}>
          Close
        </Button>
      </header>
      {problem && <ProblemNotice problem={problem} />}
      {check && <CheckState check={check} setCheck={setCheck} place={place} change={change} />}
    </section>
  )
}

interface CheckStateProps {
  readonly check: Check
  readonly setCheck: (check: Check) => void
  readonly place: Place
  readonly change: ChangePlace
}

function CheckState({ check, setCheck, place, change }: CheckStateProps) {
  const { state, problem, report } = check
  if (state === 'cancelled') return <p role="status">The check was cancelled; its file is gone.</p>
  if (state === 'failed' && problem) {
    return <ProblemNotice problem={new Problem(problem.title, problem.detail, problem.hint, problem.code)} />
  }
  if (state === 'done' && report) {
    return <CheckResult check={check} report={report} setCheck={setCheck} place={place} change={change} />
  }
  return <CheckProgress check={check} />
}

function CheckProgress({ check }: { check: Check }) {
  const { id, progress, waiting, indexes } = check
  const cancel = () => cancelCheck(id).catch((error: unknown) => announce(toProblem(error).title, true))
  return (
    <div class="check-progress" role="status">
      {progress ? (
        <ProgressBar
          label={progress.phase === 'count' ? `Searching ${progress.index}` : `Gathering evidence in ${progress.index}`}
          share={progress.share}
          detail={describeProgress(progress)}
        />
      ) : (
        <ProgressBar
          label={waiting > 0 ? `Waiting behind ${waiting} other checks` : `Starting on ${indexes.join(', ')}`}
          share={null}
        />
      )}
      <Button onClick={cancel}>Cancel</Button>
    </div>
  )
}

function describeProgress({ itemsDone, items, itemsPerSecond, etaMs }: NonNullable<Check['progress']>): string {
  const left = etaMs === null ? '' : `, ${Math.max(1, Math.ceil(etaMs / 1_000))} s left`
  return `${formatCount(itemsDone)} of ${formatCount(items)} items, ${formatCount(Math.round(itemsPerSecond))} a second${left}`
}

function CheckResult({ check, report, setCheck, place, change }: CheckStateProps & { report: string }) {
  const { answer, problem } = useAnswer(report, 0, (signal) => readReport(report, signal))
  const matrix = answer && makeMatrix(asTable(answer), { ...place, filter: '', isGrouped: false })
  return (
    <>
      {problem && <ProblemNotice problem={problem} />}
      {matrix && <MatrixTable matrix={{ ...matrix, hasTrends: false }} place={place} change={change} />}
      <p class="check-links">
        <Button onClick={() => copyText(location.href, 'Link')}>Copy the link</Button>
        <span class="hint">
          {check.publishedAt
            ? 'It stands in the table of the community.'
            : `Who has the link can read it${check.expiresAt ? ` until ${check.expiresAt.slice(0, 10)}` : ''}.`}
        </span>
      </p>
      {!check.publishedAt && <Publication check={check} setCheck={setCheck} />}
    </>
  )
}

/** A step of its own, for those whom the operator gave a key for it. */
function Publication({ check, setCheck }: { check: Check; setCheck: (check: Check) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const keyChanges = useKeyChanges()
  useEffect(() => setProblem(null), [keyChanges])
  const publish = async () => {
    try {
      setCheck((await publishCheck(check.id)).check)
      announce('Published')
    } catch (error) {
      setProblem(toProblem(error))
    }
  }
  return (
    <details>
      <summary>Publish it</summary>
      <p class="hint">
        The result, with the texts of the items that were found, goes into the table of the community for everybody to
        read. It needs an API key with the scope “publish”.
      </p>
      {problem && <ProblemNotice problem={asKeyProblem(problem)} />}
      <Button onClick={publish}>Publish to the community</Button>
    </details>
  )
}

/** A client that has come without a key is asked for one. */
function asKeyProblem(problem: Problem): Problem {
  const { title, detail, hint, code } = problem
  return code === 'forbidden' ? new Problem(title, detail, hint, 'unauthorized') : problem
}
