/** What is asked about the traps? Whether they are there, in near copies, after a cleaning, or in a model. */
import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { FileDrop } from '../components/file-drop.tsx'
import { formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { listIndexes } from '../search/ask.ts'
import { type Problem, toProblem } from '../server/problem.ts'
import { useAnswer, type Waiting } from '../server/use-answer.ts'
import type { TrapTask } from './answers.ts'
import { addJob } from './ask.ts'
import { type Registry, readScores } from './read-registry.ts'

const tasks: readonly (readonly [TrapTask, string, string])[] = [
  ['presence', 'Are they there?', 'Copies of each trap beside what was planned, with their documents.'],
  ['neighbours', 'Are there near copies?', 'Copies with a few words changed, by edit distance. Indexes of text only.'],
  [
    'survival',
    'What did a cleaning leave?',
    'Two indexes: the corpus before and after, beside what was to be expected.',
  ],
  ['detection', 'Did a model see them?', 'By a file of log-probabilities of traps and controls.'],
]

interface TaskFormProps {
  readonly registry: Registry
  /** Told the id of the job that was begun. */
  readonly begin: (id: string | null) => void
}

export function TaskForm({ registry, begin }: TaskFormProps) {
  const [task, setTask] = useState<TrapTask>('presence')
  const [scores, setScores] = useState<{ name: string; lines: string; count: number } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isSending, setSending] = useState(false)
  const indexes = useAnswer('indexes', 0, listIndexes)
  // Not before it is known where to look, or of what.
  const isReady = task === 'detection' ? scores !== null : indexes.answer !== null
  const take = async (file: File) => {
    try {
      setScores(await readScores(file))
      setProblem(null)
    } catch (error) {
      setScores(null)
      setProblem(toProblem(error))
    }
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const chosen = task === 'survival' ? [form.get('before'), form.get('after')] : form.getAll('index')
    setSending(true)
    setProblem(null)
    begin(null)
    try {
      const order = {
        task,
        indexes: task === 'detection' ? [] : chosen.map(String),
        leaks: form.has('leaks'),
        replaced: Number(form.get('replaced') ?? 4),
        method: form.get('method') === 'line' ? ('line' as const) : ('substring' as const),
        length: Number(form.get('length') ?? 100),
        keepFirst: form.has('keepFirst'),
      }
      const { job } = await addJob(order, registry.lines + (task === 'detection' ? (scores?.lines ?? '') : ''))
      begin(job.id)
    } catch (error) {
      setProblem(toProblem(error))
    } finally {
      setSending(false)
    }
  }
  return (
    <form class="task-form" onSubmit={submit}>
      <fieldset class="task-choice">
        <legend>What do you want to know?</legend>
        {tasks.map(([name, label, hint]) => (
          <label key={name} class={task === name ? 'is-chosen' : undefined}>
            <input type="radio" name="task" value={name} checked={task === name} onChange={() => setTask(name)} />
            <span>
              <strong>{label}</strong>
              <span class="hint">{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {task === 'detection' ? (
        <FileDrop
          label={scores ? `${formatCount(scores.count)} lines of scores in ${scores.name}` : 'Drop the scores here'}
          hint="As omnigram traps detect --save-scores writes them."
          accept=".jsonl,.ndjson,.json"
          take={take}
        />
      ) : (
        <Where task={task} served={indexes} />
      )}
      {task === 'presence' && (
        <label class="task-option">
          <input type="checkbox" name="leaks" /> These are corpora of others: each trap that is found has leaked
        </label>
      )}
      {task === 'neighbours' && (
        <label class="task-option">
          Tokens that may be replaced <input type="number" name="replaced" min={0} max={50} defaultValue="4" required />
        </label>
      )}
      {task === 'survival' && <Cleaning />}
      {problem && <ProblemNotice problem={problem} />}
      <Button type="submit" kind="solid" disabled={isSending || !isReady}>
        {task === 'detection' ? 'Compare' : `Look for ${formatCount(registry.traps.length)} texts`}
      </Button>
    </form>
  )
}

interface WhereProps {
  readonly task: TrapTask
  readonly served: Waiting<Awaited<ReturnType<typeof listIndexes>>>
}

function Where({ task, served: { answer, problem } }: WhereProps) {
  if (problem) return <ProblemNotice problem={problem} />
  const indexes = (answer ?? []).filter(({ symbols }) => task === 'presence' || symbols === 'bytes')
  if (answer && indexes.length === 0) return <p class="hint">No index of text is served here.</p>
  if (task === 'survival') {
    return (
      <div class="task-pair">
        {(['before', 'after'] as const).map((name, at) => (
          <label key={name}>
            {name === 'before' ? 'Corpus before' : 'Corpus after'}
            <select name={name} required>
              {indexes.map((index, place) => (
                <option key={index.name} value={index.name} selected={place === Math.min(at, indexes.length - 1)}>
                  {index.name}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
    )
  }
  return (
    <fieldset>
      <legend>Look in</legend>
      {indexes.map(({ name, symbols }, at) => (
        <label key={name}>
          <input type="checkbox" name="index" value={name} defaultChecked={at === 0} /> {name}{' '}
          <span class="hint">{symbols === 'tokens' ? 'tokens' : 'text'}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Cleaning() {
  return (
    <div class="task-pair">
      <label>
        Expected cleaning
        <select name="method">
          <option value="substring">repeated strings are removed</option>
          <option value="line">of equal lines the first stays</option>
        </select>
      </label>
      <label>
        Bytes of a repeated string
        <input type="number" name="length" min={1} max={10_000} defaultValue="100" required />
      </label>
      <label class="task-option">
        <input type="checkbox" name="keepFirst" /> The first copy of a string stays
      </label>
    </div>
  )
}
