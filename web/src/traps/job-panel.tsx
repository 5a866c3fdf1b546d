/** How far is a search for traps, and what came out? */
import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import { Problem, toProblem } from '../server/problem.ts'
import { useAnswer } from '../server/use-answer.ts'
import { watchJob } from '../server/watch-job.ts'
import type { TrapJob, TrapJobAnswer } from './answers.ts'
import { cancelJob, jobPath, readResult } from './ask.ts'
import { DetectionView } from './detection-view.tsx'
import { NeighbourTable } from './neighbour-table.tsx'
import { PresenceTable } from './presence-table.tsx'
import { SurvivalTable } from './survival-table.tsx'

const hasEnded = ({ job: { state } }: TrapJobAnswer) => state !== 'queued' && state !== 'running'

export function JobPanel({ id }: { id: string }) {
  const [job, setJob] = useState<TrapJob | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const controller = new AbortController()
    watchJob<TrapJobAnswer>(jobPath(id), hasEnded, controller.signal, ({ job: seen }) => setJob(seen)).catch(
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(toProblem(error))
      },
    )
    panel.current?.scrollIntoView({ block: 'nearest' })
    return () => controller.abort()
  }, [id])
  return (
    <section class="job-panel" aria-label="Answer" ref={panel}>
      {problem && <ProblemNotice problem={problem} />}
      {job && <State job={job} />}
    </section>
  )
}

function State({ job }: { job: TrapJob }) {
  const { id, state, problem, progress, waiting } = job
  if (state === 'cancelled')
    return <p role="status">The search was cancelled; the server has forgotten the registry.</p>
  if (state === 'failed' && problem) {
    return <ProblemNotice problem={new Problem(problem.title, problem.detail, problem.hint, problem.code)} />
  }
  if (state === 'done') return <Result job={job} />
  const cancel = () => cancelJob(id).catch((error: unknown) => announce(toProblem(error).title, true))
  const label = progress ? `Searching ${progress.index}` : waiting > 0 ? `Waiting behind ${waiting} others` : 'Working'
  return (
    <div class="job-progress" role="status">
      <ProgressBar label={label} share={progress?.share ?? null} detail={progress ? describe(progress) : undefined} />
      <Button onClick={cancel}>Cancel</Button>
    </div>
  )
}

function describe({ trapsDone, traps, trapsPerSecond, etaMs }: NonNullable<TrapJob['progress']>): string {
  const left = etaMs === null ? '' : `, ${Math.max(1, Math.ceil(etaMs / 1_000))} s left`
  return `${formatCount(trapsDone)} of ${formatCount(traps)}, ${formatCount(Math.round(trapsPerSecond))} a second${left}`
}

function Result({ job: { id, leaks, indexes } }: { job: TrapJob }) {
  const { answer, problem } = useAnswer(id, 0, (signal) => readResult(id, signal))
  if (problem) return <ProblemNotice problem={problem} />
  if (!answer) return null
  return (
    <>
      {answer.presence && <PresenceTable rows={answer.presence} isLeakWatch={leaks} />}
      {answer.neighbours && <NeighbourTable rows={answer.neighbours} />}
      {answer.survivalRates && <SurvivalTable rates={answer.survivalRates} indexes={indexes} />}
      {answer.detections && <DetectionView detections={answer.detections} />}
    </>
  )
}
