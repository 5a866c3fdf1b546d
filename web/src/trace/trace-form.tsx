/** Which text is traced, and in which indexes? The text is sent when asked for, and stands in no address. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import type { IndexInfo } from '../search/answers.ts'
import { isPageKey } from '../shell/page-keys.ts'
import { maxTextUnits, type TraceRequest } from './ask.ts'

interface TraceFormProps {
  readonly indexes: readonly IndexInfo[]
  readonly isTracing: boolean
  readonly trace: (request: TraceRequest) => void
}

export function TraceForm({ indexes, isTracing, trace }: TraceFormProps) {
  const [text, setText] = useState('')
  const [prompt, setPrompt] = useState('')
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  const names = chosen ?? indexes.slice(0, 1).map(({ name }) => name)
  const isReady = text.trim() !== '' && text.length <= maxTextUnits && names.length > 0
  const submit = () => isReady && trace({ indexes: names, text, prompt, partial: false })
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || !isPageKey(event)) return
      event.preventDefault()
      box.current?.focus()
    }
    addEventListener('keydown', focus)
    return () => removeEventListener('keydown', focus)
  }, [])
  return (
    <form
      class="trace-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return
        event.preventDefault()
        submit()
      }}
    >
      <label>
        Text
        <textarea
          ref={box}
          rows={7}
          value={text}
          spellcheck={false}
          placeholder="Paste a text: an answer of a model, a page, a paragraph"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <details>
        <summary>The prompt that it answers</summary>
        <label>
          <span class="hidden">Prompt</span>
          <textarea
            rows={2}
            value={prompt}
            maxLength={maxTextUnits}
            spellcheck={false}
            onInput={(event) => setPrompt(event.currentTarget.value)}
          />
        </label>
        <p class="hint">Documents are rated by the words of prompt and text.</p>
      </details>
      <fieldset>
        <legend>Look in</legend>
        {indexes.map(({ name, symbols }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={names.includes(name)}
              onChange={(event) =>
                setChosen(event.currentTarget.checked ? [...names, name] : names.filter((other) => other !== name))
              }
            />{' '}
            {name} <span class="hint">{symbols === 'tokens' ? 'tokens' : 'text'}</span>
          </label>
        ))}
      </fieldset>
      <div class="trace-submit">
        <Button type="submit" kind="solid" disabled={!isReady || isTracing}>
          {isTracing ? 'Tracing…' : 'Trace'}
        </Button>
        <span class={text.length > maxTextUnits ? 'trace-over' : 'hint'}>
          {formatCount(text.length)} of {formatCount(maxTextUnits)} characters
        </span>
      </div>
    </form>
  )
}
