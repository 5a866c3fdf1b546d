/** What went wrong, and what can be done? */
import type { Problem } from './call-server.ts'
import { VisibleText } from './visible-text.tsx'

export function ProblemNotice({ problem: { title, detail, hint } }: { problem: Problem }) {
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      {detail !== '' && (
        <p>
          <VisibleText text={detail} />
        </p>
      )}
      <p class="hint">{hint}</p>
    </div>
  )
}
