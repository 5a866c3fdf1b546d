/** How does a person search a text of their own? It is dropped on the page, becomes an index there, and goes nowhere else. */
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { formatBytes } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import type { OwnIndex } from '../local/page-indexes.ts'
import type { OwnBuild, OwnIndexes } from './use-own-indexes.ts'

const phaseLabels: Readonly<Record<string, string>> = {
  start: 'Starting',
  read: 'Reading',
  sort: 'Sorting',
  encode: 'Writing the index of',
}

interface OwnFilesProps {
  readonly own: OwnIndexes
  /** Said at length where nothing else is on the page. */
  readonly isStart: boolean
  readonly remove: (names: readonly string[]) => void
}

export function OwnFiles({ own, isStart, remove }: OwnFilesProps) {
  const { list, damaged, build, problem, add, abort } = own
  const isOver = useFileDrop(add)
  return (
    <section class="own-files" aria-label="Your own texts">
      {isOver && <p class="drop-note">Drop it: it is indexed in this page and goes nowhere else.</p>}
      {build ? (
        <BuildState build={build} abort={abort} />
      ) : (
        <label class={isStart ? 'own-file-choice is-start' : 'own-file-choice'}>
          <span class="button">Index a file of yours</span>
          {isStart && (
            <span class="hint">
              or drop it on this page: text or JSON lines, up to some hundred MB. It is indexed here, kept in this
              browser until you remove it, and goes nowhere.
            </span>
          )}
          <input
            type="file"
            multiple
            onChange={(event) => {
              add([...(event.currentTarget.files ?? [])])
              event.currentTarget.value = ''
            }}
          />
        </label>
      )}
      {problem && <ProblemNotice problem={problem} />}
      {damaged.map(({ keptName, bytes, problem }) => (
        <ProblemNotice key={keptName} problem={problem}>
          <p>
            <Button onClick={() => own.removeDamaged(keptName)}>
              Remove {keptName} ({formatBytes(bytes)})
            </Button>
          </p>
        </ProblemNotice>
      ))}
      {list.length > 0 && (
        <ul class="own-list">
          {list.map((index) => (
            <OwnRow key={index.name} index={index} save={() => own.save(index)} remove={() => remove([index.name])} />
          ))}
        </ul>
      )}
      {list.length > 1 && (
        <p class="own-sum">
          <span class="hint">{describeKept(list)}</span>
          <Button kind="plain" onClick={() => remove(list.map(({ name }) => name))}>
            Remove all of yours
          </Button>
        </p>
      )}
    </section>
  )
}

interface OwnRowProps {
  readonly index: OwnIndex
  readonly save: () => void
  readonly remove: () => void
}

function OwnRow({ index: { name, file, textBytes, replacedDocuments, keeping }, save, remove }: OwnRowProps) {
  return (
    <li>
      <b>{name}</b>
      <span class="hint">
        {formatBytes(textBytes)} of text, {placeLabels[keeping.state]}
        {replacedDocuments > 0 && '; what was not UTF-8 became U+FFFD'}
      </span>
      <Button kind="plain" onClick={save}>
        Download the index ({formatBytes(file.size)})
      </Button>
      <Button kind="plain" aria-label={`Remove ${name}`} onClick={remove}>
        Remove
      </Button>
      {keeping.state === 'refused' && (
        <span class="own-lack">
          It works until this page is closed, and is not kept. {keeping.reason} The download can be kept instead.
        </span>
      )}
    </li>
  )
}

const placeLabels: Readonly<Record<OwnIndex['keeping']['state'], string>> = {
  writing: 'being kept in this browser',
  kept: 'kept in this browser alone',
  refused: 'in this page alone',
}

function describeKept(list: readonly OwnIndex[]): string {
  const kept = list.filter(({ keeping }) => keeping.state === 'kept')
  return `${formatBytes(kept.reduce((sum, { file }) => sum + file.size, 0))} on the disk of this browser`
}

function BuildState({ build: { fileName, phase, share }, abort }: { build: OwnBuild; abort: () => void }) {
  return (
    <div class="own-build" role="status">
      <ProgressBar
        label={`${phaseLabels[phase] ?? phase} ${fileName}`}
        share={phase === 'start' ? null : share}
        detail={`${Math.floor(100 * share)} %`}
      />
      <Button onClick={abort}>Abort</Button>
    </div>
  )
}

/** Whether files are held over the window; those that are dropped anywhere on it are taken. */
function useFileDrop(take: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const hold = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(false)
      take([...(event.dataTransfer?.files ?? [])])
    }
    addEventListener('dragover', hold)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', hold)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  })
  return isOver
}
