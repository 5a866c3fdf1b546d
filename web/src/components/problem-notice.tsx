/** What went wrong, and what can be done? */
import type { ComponentChildren } from 'preact'
import { writeApiKey } from '../server/api-key.ts'
import type { Problem } from '../server/problem.ts'
import { Button } from './button.tsx'
import { VisibleText } from './visible-text.tsx'

interface ProblemNoticeProps {
  readonly problem: Problem
  /** What can be done about it here. */
  readonly children?: ComponentChildren
}

export function ProblemNotice({ problem: { title, detail, hint, code }, children }: ProblemNoticeProps) {
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      {detail !== '' && (
        <p>
          <VisibleText text={detail} />
        </p>
      )}
      <p class="hint">{hint}</p>
      {code === 'unauthorized' && <KeyForm />}
      {children}
    </div>
  )
}

function KeyForm() {
  return (
    <form
      class="key-form"
      onSubmit={(event) => {
        event.preventDefault()
        writeApiKey(String(new FormData(event.currentTarget).get('key') ?? '').trim())
      }}
    >
      <label>
        API key
        <input name="key" type="password" autocomplete="off" spellcheck={false} placeholder="omg_…" required />
      </label>
      <Button type="submit">Use this key</Button>
      <p class="hint">It is kept until this window is closed and sent to this server alone.</p>
    </form>
  )
}
