/** What else must, may or must not a document hold? */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { formatCount } from '../components/format.ts'
import type { CountAnswer } from './answers.ts'
import { type Query, type Term, termKinds } from './query.ts'
import type { ChangeQuery } from './use-query.ts'

const kindNames: Readonly<Record<Term['kind'], string>> = {
  all: 'and also',
  any: 'and any of',
  none: 'and not',
}

interface TermListProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly counts: CountAnswer | null
}

export function TermList({ query, change, counts }: TermListProps) {
  const { terms } = query
  const list = useRef<HTMLUListElement>(null)
  const known = useRef(terms.length)
  useLayoutEffect(() => {
    // A new term is there to be typed into; those of a link are not.
    if (terms.length > known.current) list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus()
    known.current = terms.length
  }, [terms.length])
  if (terms.length === 0) return null
  const replace = (at: number, ...by: Term[]) =>
    change({ terms: [...terms.slice(0, at), ...by, ...terms.slice(at + 1)], open: null })
  return (
    <ul class="terms" ref={list} aria-label="Further patterns">
      {terms.map((term, at) => {
        const count = counts?.results[at + 1]?.count
        return (
          // Terms have no name of their own but their place.
          <li key={`term ${at}`}>
            <select
              aria-label={`How pattern ${at + 2} counts`}
              value={term.kind}
              onChange={(event) => replace(at, { ...term, kind: event.currentTarget.value as Term['kind'] })}
            >
              {termKinds.map((kind) => (
                <option key={kind} value={kind}>
                  {kindNames[kind]}
                </option>
              ))}
            </select>
            <input
              aria-label={`Pattern ${at + 2}`}
              value={term.pattern}
              spellcheck={false}
              autocomplete="off"
              autocapitalize="off"
              onInput={(event) => replace(at, { ...term, pattern: event.currentTarget.value })}
            />
            <span class="hint">{count === undefined || term.pattern === '' ? '' : formatCount(count)}</span>
            <button
              type="button"
              class="icon-button"
              aria-label={`Leave out pattern ${at + 2}`}
              onClick={() => replace(at)}
            >
              ×
            </button>
          </li>
        )
      })}
    </ul>
  )
}
