/** In which indexes, by which rules, shown how? */
import { Chip } from '../components/chip.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import type { IndexInfo } from './answers.ts'
import { contextSteps, isCombined, maxTerms, type Query } from './query.ts'
import type { ChangeQuery } from './use-query.ts'

interface OptionBarProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly indexes: readonly IndexInfo[]
}

export function OptionBar({ query, change, indexes }: OptionBarProps) {
  return (
    <div class="options">
      {indexes.length > 1 && <IndexChips query={query} change={change} indexes={indexes} />}
      <MatchingChips query={query} change={change} />
      <ViewChips query={query} change={change} />
      <span class="hint">{describeIndexes(query, indexes)}</span>
    </div>
  )
}

function describeIndexes(query: Query, indexes: readonly IndexInfo[]): string {
  const searched = indexes.filter(({ name }) => query.indexes.includes(name))
  if (searched.length === 0) return ''
  const sum = (read: (index: IndexInfo) => number) => searched.reduce((total, index) => total + read(index), 0)
  const documents = formatCount(sum((index) => index.documents))
  return `${formatBytes(sum((index) => index.textBytes))} in ${documents} documents`
}

function IndexChips({ query, change, indexes }: OptionBarProps) {
  const toggle = (name: string) => {
    const chosen = query.indexes.includes(name)
      ? query.indexes.filter((other) => other !== name)
      : indexes.map((index) => index.name).filter((other) => other === name || query.indexes.includes(other))
    if (chosen.length > 0) change({ indexes: chosen, open: null, generation: null })
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

function MatchingChips({ query, change }: Omit<OptionBarProps, 'indexes'>) {
  return (
    <fieldset class="chips">
      <legend class="hidden">Matching</legend>
      <Chip
        isOn={query.ignoreCase}
        toggle={() => change({ ignoreCase: !query.ignoreCase })}
        title="A and a are the same, in every script"
      >
        Ignore case
      </Chip>
      <Chip
        isOn={query.flexibleSpace}
        toggle={() => change({ flexibleSpace: !query.flexibleSpace })}
        title="White space within the text matches any white space, line ends too"
      >
        Flexible space
      </Chip>
    </fieldset>
  )
}

function ViewChips({ query, change }: Omit<OptionBarProps, 'indexes'>) {
  const { by, context, sampleSeed, terms } = query
  return (
    <fieldset class="chips">
      <legend class="hidden">Results</legend>
      {!isCombined(query) && (
        <>
          <Chip
            isOn={by === 'document'}
            toggle={() => change({ by: by === 'document' ? 'occurrence' : 'document', sampleSeed: null })}
            title="One result a document, with its first occurrence"
          >
            By document
          </Chip>
          <Chip
            isOn={sampleSeed !== null}
            toggle={() => change({ sampleSeed: sampleSeed === null ? 1 : null, by: 'occurrence' })}
            title="Occurrences at random instead of in order"
          >
            Sample
          </Chip>
        </>
      )}
      {terms.length < maxTerms && (
        <button
          type="button"
          class="chip"
          title="Search documents that hold several patterns, or that lack one"
          onClick={() => change({ terms: [...terms, { kind: 'all', pattern: '' }], open: null })}
        >
          + Pattern
        </button>
      )}
      {!isCombined(query) && (
        <label class="context">
          Context
          <select value={context} onChange={(event) => change({ context: Number(event.currentTarget.value) })}>
            {contextSteps.map((step) => (
              <option key={step} value={step}>
                {step} characters
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  )
}
