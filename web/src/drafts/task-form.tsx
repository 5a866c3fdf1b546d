/** What is to be written, how, and with which index? */
import type { RefObject } from 'preact'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import type { Mode, ModelAnswer, Preset } from './answers.ts'
import { type Task, tokenSteps } from './task.ts'

interface TaskFormProps {
  readonly task: Task
  readonly change: (part: Partial<Task>) => void
  readonly answer: ModelAnswer
  readonly index: string
  readonly box: RefObject<HTMLTextAreaElement | null>
  readonly isRunning: boolean
  readonly write: () => void
  readonly stop: () => void
}

const modes: readonly { readonly mode: Mode; readonly label: string; readonly title: string }[] = [
  { mode: 'superposed', label: 'Several drafts', title: 'Superposed decoding: one stream of the model, k drafts' },
  {
    mode: 'speculative',
    label: 'Speculative',
    title: 'One text: what is drafted from the corpus is verified, many tokens a pass',
  },
  { mode: 'plain', label: 'Token by token', title: 'One text, one token a pass' },
]

/** Where to begin, when nobody has written anything. */
const examples = ['It is a truth universally acknowledged, that', 'In the beginning', 'The capital of France is']

export function TaskForm(props: TaskFormProps) {
  const { task, change, answer, index, box, isRunning, write, stop } = props
  return (
    <form
      class="task"
      onSubmit={(event) => {
        event.preventDefault()
        write()
      }}
    >
      <label for="prompt">Prompt</label>
      <textarea
        id="prompt"
        ref={box}
        rows={3}
        value={task.prompt}
        placeholder="The beginning of a text"
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => change({ prompt: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) write()
        }}
      />
      {task.prompt === '' && (
        <p class="examples">
          Try
          {examples.map((example) => (
            <button key={example} type="button" class="chip" onClick={() => change({ prompt: example })}>
              {example}
            </button>
          ))}
        </p>
      )}
      <div class="task-options">
        <fieldset class="chips">
          <legend class="hidden">How to write</legend>
          {modes.map(({ mode, label, title }) => (
            <Chip key={mode} isOn={task.mode === mode} toggle={() => change({ mode })} title={title}>
              {label}
            </Chip>
          ))}
        </fieldset>
        {task.mode === 'superposed' && <SuperposedOptions {...props} />}
        {task.mode === 'speculative' && (
          <label>
            Drafts from
            <select
              value={task.drafter ?? answer.defaults.drafter}
              onChange={(event) => change({ drafter: event.currentTarget.value })}
            >
              {answer.drafters.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Index
          <select value={index} onChange={(event) => change({ index: event.currentTarget.value })}>
            {answer.indexes
              .filter(({ lack }) => lack === null)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        <label>
          Tokens
          <select value={task.tokens} onChange={(event) => change({ tokens: Number(event.currentTarget.value) })}>
            {tokenSteps.map((step) => (
              <option key={step} value={step}>
                {step}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="task-buttons">
        <Button kind="solid" type="submit" disabled={task.prompt === ''}>
          Write
        </Button>
        {isRunning && <Button onClick={stop}>Stop</Button>}
        <span class="hint">{answer.model?.name}</span>
      </div>
    </form>
  )
}

function SuperposedOptions({ task, change, answer: { presets, defaults } }: TaskFormProps) {
  return (
    <>
      <Chip
        isOn={task.isFiltered}
        toggle={() => change({ isFiltered: !task.isFiltered })}
        title="N-grams of the corpus say which token belongs to which draft; without them the drafts run into each other"
      >
        N-gram filter
      </Chip>
      <label>
        Preset
        <select
          value={task.preset ?? defaults.preset}
          onChange={(event) => change({ preset: event.currentTarget.value })}
        >
          {presets.map((preset) => (
            <option key={preset.name} value={preset.name}>
              {describePreset(preset)}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

function describePreset({ name, drafts, alpha, temperature }: Preset): string {
  return `${name}: ${drafts} drafts, α ${alpha}, τ ${temperature}`
}
