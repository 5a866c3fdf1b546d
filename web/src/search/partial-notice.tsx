/** What does an answer lack, and how are whole answers had again? */
import { Button } from '../components/button.tsx'
import { formatCount } from '../components/format.ts'
import type { MissingShards } from './partial-answer.ts'
import type { ChangeQuery } from './use-query.ts'

export function PartialNotice({ partial, change }: { readonly partial: MissingShards; readonly change: ChangeQuery }) {
  const documents = partial.missing.reduce((sum, shard) => sum + shard.documents, 0)
  return (
    <div class="notice" role="status">
      <p>
        <strong>Partial answer:</strong> {formatCount(partial.missing.length)} of {formatCount(partial.shards)} shards
        are missing, with {formatCount(documents)} {documents === 1 ? 'document' : 'documents'}. Every number here is a
        lower bound, and what those shards hold is not listed.
      </p>
      <Button kind="plain" onClick={() => change({ partial: false })}>
        ask for the whole answer
      </Button>
    </div>
  )
}
