/** Are my traps in a corpus, what is left of them, and did a model see them? */
import { useState } from 'preact/hooks'
import { FileDrop } from '../components/file-drop.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { type Problem, toProblem } from '../server/problem.ts'
import { type PageKeys, usePageKeys } from '../shell/page-keys.ts'
import { JobPanel } from './job-panel.tsx'
import { type Registry, readRegistry } from './read-registry.ts'
import { RegistryView } from './registry-view.tsx'
import { TaskForm } from './task-form.tsx'
import './traps.css'

const trapKeys: PageKeys = {
  keys: [
    ['Tab', 'go from the file to the question, the indexes and the answer'],
    ['?', 'this help'],
  ],
  note: 'A registry is private. It is read in this browser; a search sends it to this server, which keeps it in memory until the search ends and writes it nowhere.',
}

export function TrapsPage() {
  const [registry, setRegistry] = useState<Registry | null>(null)
  const [job, setJob] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  usePageKeys(trapKeys)
  const take = async (file: File) => {
    setJob(null)
    try {
      setRegistry(await readRegistry(file))
      setProblem(null)
    } catch (error) {
      setRegistry(null)
      setProblem(toProblem(error))
    }
  }
  return (
    <div class="traps">
      <h1>Copyright traps</h1>
      <p class="lead">
        A trap is a text that stands nowhere else. Planted in documents, it tells later whether a corpus holds them,
        what a cleaning left of them, and whether a model saw them. <code>omnigram traps make</code> writes the
        registry.
      </p>
      <FileDrop
        label={registry ? 'Another registry' : 'Drop the registry here'}
        hint="JSON lines, a trap a line. It stays in this browser until you ask for a search."
        accept=".jsonl,.ndjson,.json"
        take={take}
      />
      {problem && <ProblemNotice problem={problem} />}
      {registry && (
        <div key={registry.lines}>
          <RegistryView registry={registry} />
          <TaskForm registry={registry} begin={setJob} />
          {job && <JobPanel key={job} id={job} />}
        </div>
      )}
    </div>
  )
}
