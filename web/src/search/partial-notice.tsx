/** What does an answer lack, and how are whole answers had again? */
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import type { Problem } from '../server/problem.ts'
import type { MissingShards } from './partial-answer.ts'

interface AnswerProblemProps {
  readonly problem: Problem
  readonly askOthers: () => void
}

/** What is wrong; where it is shards that are missing, the others can be asked. */
export function AnswerProblem({ problem, askOthers }: AnswerProblemProps) {
  return (
    <ProblemNotice problem={problem}>
      {problem.code === 'incomplete-answer' && <Button onClick={askOthers}>Ask the shards that are there</Button>}
    </ProblemNotice>
  )
}

interface PartialNoticeProps {
  readonly partial: MissingShards
  /** What that makes of the answer. */
  readonly meaning: string
  readonly askWhole: () => void
}

export function PartialNotice({ partial, meaning, askWhole }: PartialNoticeProps) {
  const documents = partial.missing.reduce((sum, shard) => sum + shard.documents, 0)
  return (
    <div class="notice" role="status">
      <p>
        <strong>Partial answer:</strong> {formatCount(partial.missing.length)} of {formatCount(partial.shards)} shards
        are missing, with {formatCount(documents)} {documents === 1 ? 'document' : 'documents'}. {meaning}
      </p>
      <Button kind="plain" onClick={askWhole}>
        ask for the whole answer
      </Button>
    </div>
  )
}
