/** How is the question put? */
import type { RefObject } from 'preact'
import type { CountAnswer, IndexInfo } from './answers.ts'
import { OptionBar } from './option-bar.tsx'
import type { Query } from './query.ts'
import { TermList } from './term-list.tsx'
import type { ChangeQuery } from './use-query.ts'

/** The box grows with the pattern up to this many lines. */
const maxLines = 6

interface SearchFormProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly indexes: readonly IndexInfo[]
  readonly box: RefObject<HTMLTextAreaElement | null>
  /** Counts of the pattern and of the terms; null while they are not there. */
  readonly counts: CountAnswer | null
  readonly goToResults: () => void
}

export function SearchForm({ query, change, indexes, box, counts, goToResults }: SearchFormProps) {
  return (
    <form class="search" onSubmit={(event) => event.preventDefault()}>
      <div class="search-box">
        <label class="hidden" for="pattern">
          {query.asIds ? 'Token ids to search' : 'Text to search, byte for byte'}
        </label>
        <textarea
          id="pattern"
          ref={box}
          rows={Math.min(query.pattern.split('\n').length, maxLines)}
          value={query.pattern}
          placeholder={query.asIds ? 'Token ids, as 504, 2365' : 'Any text, exactly as it is written'}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          autofocus
          onInput={(event) => change({ pattern: event.currentTarget.value, open: null, generation: null })}
          onKeyDown={(event) => {
            // A line end is part of a pattern only when it is asked for.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
            event.preventDefault()
            goToResults()
          }}
        />
        {query.pattern !== '' && (
          <button
            type="button"
            class="icon-button clear"
            aria-label="Clear the text"
            onClick={() => {
              change({ pattern: '', open: null, generation: null })
              box.current?.focus()
            }}
          >
            ×
          </button>
        )}
      </div>
      {!query.asIds && /^\s|\s$/.test(query.pattern) && <p class="hint edge-note">{describeEdges(query.pattern)}</p>}
      <TermList query={query} change={change} counts={counts} />
      <OptionBar query={query} change={change} indexes={indexes} />
    </form>
  )
}

/** White space at the ends cannot be seen in the box, and counts all the same. */
function describeEdges(pattern: string): string {
  const ends = [...(/^\s/.test(pattern) ? ['begins'] : []), ...(/\s$/.test(pattern) ? ['ends'] : [])]
  return `The text ${ends.join(' and ')} with white space, which has to match too.`
}
