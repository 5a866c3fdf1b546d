/** How is the question put? */
import type { RefObject } from 'preact'
import { Chip } from '../components/chip.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import type { IndexInfo } from './answers.ts'
import { contextSteps, type Query } from './query.ts'
import type { ChangeQuery } from './use-query.ts'

interface SearchFormProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly indexes: readonly IndexInfo[]
  readonly box: RefObject<HTMLTextAreaElement | null>
}

export function SearchForm({ query, change, indexes, box }: SearchFormProps) {
  const lines = Math.min(query.pattern.split('\n').length, 6)
  return (
    <form class="search" onSubmit={(event) => event.preventDefault()}>
      <label class="hidden" for="pattern">
        Text to search, byte for byte
      </label>
      <textarea
        id="pattern"
        ref={box}
        rows={lines}
        value={query.pattern}
        placeholder="Type any text, exactly as it is written"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        autofocus
        aria-describedby="pattern-hint"
        onInput={(event) => change({ pattern: event.currentTarget.value, open: null, generation: null })}
        onKeyDown={(event) => {
          // A line end is part of a pattern only when it is asked for.
          if (event.key === 'Enter' && !event.shiftKey) event.preventDefault()
        }}
      />
      <div class="options">
        {indexes.length > 1 && <IndexChips query={query} change={change} indexes={indexes} />}
        <Chip isOn={query.ignoreCase} toggle={() => change({ ignoreCase: !query.ignoreCase })}>
          Ignore case
        </Chip>
        <Chip isOn={query.flexibleSpace} toggle={() => change({ flexibleSpace: !query.flexibleSpace })}>
          Flexible space
        </Chip>
        <Chip
          isOn={query.by === 'document'}
          toggle={() => change({ by: query.by === 'document' ? 'occurrence' : 'document' })}
        >
          By document
        </Chip>
        <label class="context">
          Context
          <select value={query.context} onChange={(event) => change({ context: Number(event.currentTarget.value) })}>
            {contextSteps.map((step) => (
              <option key={step} value={step}>
                {step}
              </option>
            ))}
          </select>
        </label>
        <span id="pattern-hint" class="hint">
          {describeIndexes(query, indexes)}
        </span>
      </div>
    </form>
  )
}

function describeIndexes(query: Query, indexes: readonly IndexInfo[]): string {
  const searched = indexes.filter(({ name }) => query.indexes.includes(name))
  if (searched.length === 0) return ''
  const sum = (read: (index: IndexInfo) => number) => searched.reduce((total, index) => total + read(index), 0)
  const documents = formatCount(sum((index) => index.documents))
  return `${formatBytes(sum((index) => index.textBytes))} in ${documents} documents`
}

function IndexChips({ query, change, indexes }: Omit<SearchFormProps, 'box'>) {
  const toggle = (name: string) => {
    const chosen = query.indexes.includes(name)
      ? query.indexes.filter((other) => other !== name)
      : indexes.map((index) => index.name).filter((other) => other === name || query.indexes.includes(other))
    if (chosen.length > 0) change({ indexes: chosen, open: null })
  }
  return (
    <fieldset class="chips">
      <legend class="hidden">Indexes</legend>
      {indexes.map(({ name }) => (
        <Chip key={name} isOn={query.indexes.includes(name)} toggle={() => toggle(name)}>
          {name}
        </Chip>
      ))}
    </fieldset>
  )
}
