/** How does a language model go on with a text, with the corpus at its side? */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { copyText } from '../components/announce.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { callServer } from '../server/call-server.ts'
import { useAnswer } from '../server/use-answer.ts'
import { isPageKey, type PageKeys, usePageKeys } from '../shell/page-keys.ts'
import type { ModelAnswer } from './answers.ts'
import { DraftList } from './draft-list.tsx'
import { ModelLack } from './model-lack.tsx'
import { chooseIndex, draftsPath, readTask, type Task, writeTask } from './task.ts'
import { TaskForm } from './task-form.tsx'
import { useCompletion, type Writing } from './use-completion.ts'
import { WrittenText } from './written-text.tsx'
import './drafts.css'

const keys: PageKeys = {
  keys: [
    ['/', 'go to the prompt'],
    ['Ctrl Enter', 'in the prompt: write'],
    ['Esc', 'stop writing, or leave the prompt'],
    ['y', 'copy a link to this prompt and its options'],
    ['?', 'this help'],
  ],
  note: 'The prompt goes to the model as it is written: no chat template is put around it.',
}

export function DraftsPage() {
  const [task, setTask] = useState<Task>(() => readTask(location.search))
  const box = useRef<HTMLTextAreaElement>(null)
  const { writing, start, stop } = useCompletion()
  const { answer, problem } = useAnswer('model', 0, (signal) => callServer<ModelAnswer>('/v1/model', { signal }))
  const index = answer && chooseIndex(task, answer)
  usePageKeys(keys)
  useEffect(() => {
    const follow = () => location.pathname === draftsPath && setTask(readTask(location.search))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) {
        stop()
        box.current?.blur()
      }
      if (!isPageKey(event)) return
      if (event.key === 'y') copyText(new URL(writeTask(task), location.href).href, 'Link')
      if (event.key !== '/') return
      event.preventDefault()
      box.current?.select()
    }
    addEventListener('keydown', act)
    return () => removeEventListener('keydown', act)
  }, [task])
  const change = useCallback((part: Partial<Task>) => setTask((old) => ({ ...old, ...part })), [])
  const write = () => {
    if (index === null || task.prompt === '') return
    const address = writeTask(task)
    if (address !== location.pathname + location.search) history.pushState(null, '', address)
    start(task, index)
  }
  return (
    <div class="drafts-page">
      <header>
        <h1>Drafts</h1>
        <p class="lead">
          How does a language model go on with a text? With the corpus at its side it writes several drafts in one go,
          or one text with several tokens a pass, and shows where in the corpus they stand.
        </p>
      </header>
      {problem && <ProblemNotice problem={problem} />}
      {answer && index === null && <ModelLack answer={answer} />}
      {answer && index !== null && (
        <TaskForm
          task={task}
          change={change}
          answer={answer}
          index={index}
          box={box}
          isRunning={writing?.isRunning === true}
          write={write}
          stop={stop}
        />
      )}
      {writing && <Result writing={writing} />}
    </div>
  )
}

function Result({ writing }: { readonly writing: Writing }) {
  const { task, problem, isRunning, end } = writing
  return (
    <section class="written" aria-label="What the model wrote" aria-busy={isRunning}>
      <p class="summary" role="status">
        {isRunning ? 'writing…' : end ? summarize(writing) : problem ? '' : 'stopped'}
      </p>
      {task.mode === 'superposed' ? <DraftList writing={writing} /> : <WrittenText writing={writing} />}
      {problem && <ProblemNotice problem={problem} />}
    </section>
  )
}

function summarize({ task: { mode }, end }: Writing): string {
  if (end === null) return ''
  const tokens = end.ids.length
  const speed = `${(end.tookMs / Math.max(1, tokens)).toFixed(0)} ms a token`
  const passes = `${tokens} tokens in ${end.passes} passes of the model`
  if (mode !== 'speculative') return `${passes}, ${speed}.`
  return `${passes}: ${end.accepted} of ${end.drafted} drafted tokens accepted, ${(tokens / Math.max(1, end.passes)).toFixed(2)} a pass, ${speed}.`
}
