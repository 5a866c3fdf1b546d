/** What came out of a private check? The table of any report, for as long as the page is open. */
import { Button } from '../components/button.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { saveFile } from '../components/save-file.ts'
import type { PrivateOutcome } from '../local/private-checks.ts'
import { useAnswer } from '../server/use-answer.ts'
import { readReport } from './ask.ts'
import { asTable, makeMatrix } from './matrix.ts'
import { MatrixTable } from './matrix-table.tsx'
import type { Place } from './place.ts'
import type { ChangePlace } from './use-place.ts'

interface PrivateResultProps {
  readonly checked: PrivateOutcome
  readonly place: Place
  readonly change: ChangePlace
  readonly forget: () => void
}

export function PrivateResult({ checked: { id, text, cost }, place, change, forget }: PrivateResultProps) {
  const { answer, problem } = useAnswer(id, 0, (signal) => readReport(id, signal))
  const matrix = answer && makeMatrix(asTable(answer), { ...place, filter: '', isGrouped: false })
  return (
    <>
      {problem && <ProblemNotice problem={problem} />}
      {matrix && <MatrixTable matrix={{ ...matrix, hasTrends: false }} place={place} change={change} />}
      <p class="check-links">
        <Button onClick={() => saveFile(new Blob([text], { type: 'application/json' }), 'private-report.json')}>
          Download the report
        </Button>
        <Button onClick={forget}>Check another file</Button>
        {cost && (
          <span class="hint">
            {formatCount(cost.requests)} parts of the index were read, {formatBytes(cost.bytes)}.
          </span>
        )}
        <span class="hint">It is in this page alone, and gone when the page is closed or loaded again.</span>
      </p>
    </>
  )
}
