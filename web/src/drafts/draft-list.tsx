/** Which drafts came out of one stream, and where do they part? */
import { formatShare } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { measureDrafts } from './measure-drafts.ts'
import type { Writing } from './use-completion.ts'

/** UTF-16 units of the prompt that stand before each draft. */
const shownUnits = 40

export function DraftList({ writing: { drafts, task } }: { readonly writing: Writing }) {
  const measured = measureDrafts(drafts)
  return (
    <ol class="draft-list">
      {measured.map(({ draft, weight, perplexity, commonLength }, place) => (
        <li key={place}>
          <p class="draft-text">
            <span class="prompt-end">{endOf(task.prompt)}</span>
            <VisibleText text={draft.text.slice(0, commonLength)} keepLines />
            <b>
              <VisibleText text={draft.text.slice(commonLength)} keepLines />
            </b>
            {draft.isFinished && <span class="control">end</span>}
          </p>
          <p class="draft-numbers">
            <ShareBar value={weight} />
            <span title="Its share in the mixture that the model reads">γ {formatShare(weight)}</span>
            <span title="By its own score, as it is published">perplexity {perplexity}</span>
          </p>
        </li>
      ))}
    </ol>
  )
}

/** The last words of the prompt. */
function endOf(prompt: string): string {
  if (prompt.length <= shownUnits) return prompt
  const end = prompt.slice(-shownUnits)
  return `…${end.slice(end.search(/\s/) + 1)}`
}
