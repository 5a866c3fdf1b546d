/** How does somebody check a benchmark of their own? Drop the file, look at what is in it, choose where to look. */
import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { FileDrop } from '../components/file-drop.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { callServer } from '../server/call-server.ts'
import { type Problem, toProblem } from '../server/problem.ts'
import { useAnswer } from '../server/use-answer.ts'
import { addCheck } from './ask.ts'
import { readUpload, type UploadSummary } from './read-upload.ts'
import { viewHints, viewLabels } from './views.ts'

interface CheckFormProps {
  /** Told the id of the check that was begun. */
  readonly begin: (id: string) => void
  readonly close: () => void
}

interface ChosenFile {
  readonly file: File
  readonly summary: UploadSummary
}

export function CheckForm({ begin, close }: CheckFormProps) {
  const [chosen, setChosen] = useState<ChosenFile | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const take = async (file: File) => {
    setChosen(null)
    try {
      setChosen({ file, summary: await readUpload(file) })
      setProblem(null)
    } catch (error) {
      setProblem(toProblem(error))
    }
  }
  return (
    <Dialog title="Check my benchmark" close={close} isWide>
      <FileDrop
        label="Drop the file of a benchmark here"
        hint="JSON lines, CSV or Parquet, with a field for the question. Only who has the link sees the result."
        accept=".jsonl,.ndjson,.json,.csv,.parquet"
        take={take}
      />
      {problem && <ProblemNotice problem={problem} />}
      {chosen && <Choices key={chosen.file.name} chosen={chosen} begin={begin} />}
    </Dialog>
  )
}

interface IndexName {
  readonly name: string
  readonly textBytes: number
}

function Choices({ chosen: { file, summary }, begin }: { chosen: ChosenFile; begin: (id: string) => void }) {
  const indexes = useAnswer('indexes', 0, async (signal) => {
    return (await callServer<{ indexes: readonly IndexName[] }>('/v1/indexes', { signal })).indexes
  })
  const [isUploading, setUploading] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const read = (name: string) => String(form.get(name) ?? '').trim()
    setUploading(true)
    setProblem(null)
    try {
      const { check } = await addCheck(
        file,
        {
          name: read('name'),
          indexes: form.getAll('index').map(String),
          views: ['exact', ...form.getAll('view').map(String)],
          format: summary.format,
          field: read('field'),
          answerField: read('answerField'),
          category: read('category'),
          licence: read('licence'),
          link: read('link'),
          split: read('split'),
        },
        new AbortController().signal,
      )
      begin(check.id)
    } catch (error) {
      setProblem(toProblem(error))
      setUploading(false)
    }
  }
  return (
    <form class="check-form" onSubmit={submit}>
      <p class="check-count" role="status">
        <strong>{formatCount(summary.items)}</strong> {summary.items === 1 ? 'item' : 'items'} in {file.name} (
        {formatBytes(file.size)})
      </p>
      <Samples summary={summary} />
      <div class="check-fields">
        <TextField name="name" label="Name" value={file.name.replace(/\.[^.]+$/, '')} isRequired />
        <FieldChoice name="field" label="Look for" fields={summary.fields} usual={summary.usualField} />
        <FieldChoice name="answerField" label="Correct answer" fields={summary.fields} usual={null} />
        <TextField name="category" label="Category" value="" />
        <TextField name="split" label="Split" value="" />
        <TextField name="licence" label="Licence" value="" />
        <TextField name="link" label="Link" value="" pattern="https?://.+" />
      </div>
      <fieldset>
        <legend>Look in</legend>
        {indexes.answer?.map(({ name, textBytes }) => (
          <label key={name}>
            <input type="checkbox" name="index" value={name} defaultChecked /> {name}{' '}
            <span class="hint">{formatBytes(textBytes)}</span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Besides exact copies, also look for</legend>
        {Object.entries(viewLabels)
          .filter(([view]) => view !== 'exact')
          .map(([view, label]) => (
            <label key={view}>
              <input type="checkbox" name="view" value={view} /> {label} <span class="hint">{viewHints[view]}</span>
            </label>
          ))}
      </fieldset>
      {(problem ?? indexes.problem) && <ProblemNotice problem={(problem ?? indexes.problem)!} />}
      {isUploading ? (
        <ProgressBar label="Uploading" share={null} />
      ) : (
        // Not before it is known where to look.
        <Button type="submit" kind="solid" disabled={indexes.answer === null}>
          Check {formatCount(summary.items)} {summary.items === 1 ? 'item' : 'items'}
        </Button>
      )}
    </form>
  )
}

function Samples({ summary: { samples, format } }: { summary: UploadSummary }) {
  if (format === 'parquet') return null
  return (
    <details>
      <summary>The first items</summary>
      {samples.map((sample, at) => (
        <dl key={String(at)} class="facts">
          {Object.entries(sample).map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <VisibleText text={text.length > 300 ? `${text.slice(0, 300)}…` : text} />
              </dd>
            </div>
          ))}
        </dl>
      ))}
    </details>
  )
}

interface TextFieldProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly pattern?: string
  readonly isRequired?: boolean
}

function TextField({ name, label, value, pattern, isRequired = false }: TextFieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        defaultValue={value}
        pattern={pattern}
        required={isRequired}
        maxLength={200}
        autocomplete="off"
      />
    </label>
  )
}

interface FieldChoiceProps {
  readonly name: string
  readonly label: string
  readonly fields: readonly string[]
  readonly usual: string | null
}

function FieldChoice({ name, label, fields, usual }: FieldChoiceProps) {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{usual === null ? 'as usual for such files' : `as usual: ${usual}`}</option>
        {fields.map((field) => (
          <option key={field} value={field}>
            {field}
          </option>
        ))}
      </select>
    </label>
  )
}
