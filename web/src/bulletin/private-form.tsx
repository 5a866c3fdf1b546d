/** In which indexes is a private benchmark looked for, how, and does the visitor agree to what that sends? */
import { useLayoutEffect, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import type { ListedIndex, PrivateOrder, PrivateSummary, PrivateWay } from '../local/private-checks.ts'
import { callServer } from '../server/call-server.ts'
import { isStatic } from '../server/site.ts'
import { useAnswer } from '../server/use-answer.ts'
import type { FileFields } from './private-check.tsx'
import { PrivateDisclosure } from './private-disclosure.tsx'
import { viewLabels } from './views.ts'

interface PrivateFormProps {
  readonly file: File
  readonly fields: FileFields
  /** Null while the file is read, and when it can't be. */
  readonly summary: PrivateSummary | null
  readonly say: (fields: FileFields) => void
  readonly run: (order: Omit<PrivateOrder, 'benchmark' | 'lookup'>) => void
}

/** What fits into a page without a second thought: larger indexes are offered by ranges first. */
const wholeBytes = 256 * 1024 * 1024

export function PrivateForm({ file, fields, summary, say, run }: PrivateFormProps) {
  const indexes = useAnswer('indexes', 0, async (signal) => {
    const answer = await callServer<{ indexes: readonly ListedIndex[] }>('/v1/indexes', { signal })
    // Those of a static site come in the order in which they were opened, which is another each time.
    return [...answer.indexes].sort((one, other) => (one.name < other.name ? -1 : 1))
  })
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [way, setWay] = useState<PrivateWay | null>(null)
  const [views, setViews] = useState<readonly string[]>(['exact'])
  const [indexFile, setIndexFile] = useState<File | null>(null)
  const chosen = (indexes.answer ?? []).filter(({ name }) => !left.has(name))
  const indexBytes = chosen.reduce((sum, index) => sum + index.indexBytes, 0)
  const usual: PrivateWay = isStatic ? (indexBytes <= wholeBytes ? 'whole' : 'ranges') : 'counts'
  const taken = way ?? usual
  const ways = isStatic ? (['whole', 'ranges', 'file'] as const) : (['counts', 'file'] as const)
  const path = `/v1/indexes/${chosen.map(({ name }) => encodeURIComponent(name)).join(',')}/count`
  const isReady = summary !== null && (taken === 'file' ? indexFile !== null : chosen.length > 0)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const sought = taken === 'counts' ? ['exact'] : views
    const isFile = taken === 'file'
    run({ way: taken, indexes: isFile ? [] : chosen, file: isFile ? indexFile : null, views: sought, path })
  }
  return (
    <form class="check-form" onSubmit={submit}>
      <p class="check-count" role="status">
        {summary === null ? (
          `${file.name} (${formatBytes(file.size)})`
        ) : (
          <>
            <strong>{formatCount(summary.items)}</strong>
            {summary.items < summary.itemsInFile && ` of ${formatCount(summary.itemsInFile)}`}{' '}
            {summary.items === 1 ? 'item' : 'items'} in {file.name} ({formatBytes(file.size)}), looked for by “
            {summary.field}”
          </>
        )}
      </p>
      {summary && (
        <details>
          <summary>The first item</summary>
          <p class="passage">
            <VisibleText text={summary.firstItem.slice(0, 300)} />
          </p>
        </details>
      )}
      <div class="check-fields">
        <Said name="name" label="Name in the report" fields={fields} say={say} />
        <Said name="field" label="Look for the field" fields={fields} say={say} />
        <Said name="answerField" label="Correct answer" fields={fields} say={say} />
      </div>
      <fieldset>
        <legend>How</legend>
        {ways.map((each) => (
          <label key={each}>
            <input type="radio" name="way" value={each} checked={each === taken} onChange={() => setWay(each)} />{' '}
            {wayLabels[each]} <span class="hint">{wayHints[each]}</span>
          </label>
        ))}
        {taken === 'file' && (
          <label>
            Index file{' '}
            <input
              type="file"
              accept=".fm"
              onChange={(event) => setIndexFile(event.currentTarget.files?.[0] ?? null)}
            />
          </label>
        )}
      </fieldset>
      {taken !== 'file' && (
        <fieldset>
          <legend>Look in</legend>
          {indexes.answer?.map(({ name, textBytes }) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={!left.has(name)}
                onChange={(event) => setLeft(toggle(left, name, !event.currentTarget.checked))}
              />{' '}
              {name} <span class="hint">{formatBytes(textBytes)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {taken !== 'counts' && (
        <fieldset>
          <legend>Besides exact copies, also look for</legend>
          {Object.entries(viewLabels)
            .filter(([view]) => view !== 'exact')
            .map(([view, label]) => (
              <label key={view}>
                <input
                  type="checkbox"
                  checked={views.includes(view)}
                  onChange={() =>
                    setViews(views.includes(view) ? views.filter((each) => each !== view) : [...views, view])
                  }
                />{' '}
                {label}
              </label>
            ))}
        </fieldset>
      )}
      {indexes.problem && <ProblemNotice problem={indexes.problem} />}
      {summary && (taken === 'file' || chosen.length > 0) && (
        <PrivateDisclosure
          way={taken}
          lookup={summary}
          indexBytes={indexBytes}
          indexCount={chosen.length}
          path={path}
        />
      )}
      <Button type="submit" kind="solid" disabled={!isReady}>
        {taken === 'counts' ? 'Send this and check' : 'Check'}
        {summary && ` ${formatCount(summary.items)} ${summary.items === 1 ? 'item' : 'items'}`}
      </Button>
    </form>
  )
}

const wayLabels: Readonly<Record<PrivateWay, string>> = {
  whole: 'Fetch the index whole',
  ranges: 'Fetch parts of the index',
  counts: 'Ask this server for counts',
  file: 'Use an index file of mine',
}

const wayHints: Readonly<Record<PrivateWay, string>> = {
  whole: 'Nothing of the benchmark leaves, with evidence.',
  ranges: 'Byte ranges leave, no text; rates alone.',
  counts: 'Windows leave, exact copies and rates alone.',
  file: 'Nothing leaves, with evidence.',
}

function toggle(names: ReadonlySet<string>, name: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(names)
  if (isIn) next.add(name)
  else next.delete(name)
  return next
}

interface SaidProps {
  readonly name: keyof FileFields
  readonly label: string
  readonly fields: FileFields
  readonly say: (fields: FileFields) => void
}

/** Taken when it is done: each change reads the file again. */
function Said({ name, label, fields, say }: SaidProps) {
  // Kept while it is typed: the form is drawn anew when the list of indexes comes, or the file was read.
  const [typed, setTyped] = useState(fields[name])
  useLayoutEffect(() => setTyped(fields[name]), [fields[name]])
  return (
    <label>
      {label}
      <input
        value={typed}
        placeholder={name === 'name' ? '' : 'as usual'}
        maxLength={200}
        autocomplete="off"
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => say({ ...fields, [name]: event.currentTarget.value.trim() })}
      />
    </label>
  )
}
