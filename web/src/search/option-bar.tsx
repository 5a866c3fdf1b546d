/** In which indexes, by which rules, shown how? */
import { Chip } from '../components/chip.tsx'
import { formatBriefCount, formatBytes, formatCount } from '../components/format.ts'
import { isStatic } from '../server/site.ts'
import type { IndexInfo } from './answers.ts'
import { contextSteps, isCombined, maxTerms, type Query } from './query.ts'
import { areTokens, listSearched } from './settle-query.ts'
import type { ChangeQuery } from './use-query.ts'

interface OptionBarProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly indexes: readonly IndexInfo[]
}

export function OptionBar({ query, change, indexes }: OptionBarProps) {
  const searched = listSearched(query, indexes)
  const hasTokens = areTokens(searched)
  return (
    <div class="options">
      {indexes.length > 1 && <IndexChips query={query} change={change} indexes={indexes} />}
      {hasTokens ? (
        <TokenChip query={query} change={change} isForced={searched.some(({ hasTokenizer }) => !hasTokenizer)} />
      ) : (
        <MatchingChips query={query} change={change} />
      )}
      <ViewChips query={query} change={change} unit={hasTokens ? 'tokens' : 'characters'} />
      <span class="hint">{describeIndexes(searched)}</span>
    </div>
  )
}

function describeIndexes(searched: readonly IndexInfo[]): string {
  if (searched.length === 0) return ''
  const sum = (read: (index: IndexInfo) => number) => searched.reduce((total, index) => total + read(index), 0)
  const documents = formatCount(sum((index) => index.documents))
  const symbols = sum(({ symbolCount }) => symbolCount)
  return `${areTokens(searched) ? `${formatBriefCount(symbols)} tokens` : formatBytes(symbols)} in ${documents} documents`
}

function IndexChips({ query, change, indexes }: OptionBarProps) {
  const toggle = (name: string) => {
    const { symbols, isOwn } = indexes.find((index) => index.name === name)!
    // What is in the page is not searched together with what is on a server.
    const isNear = (index: IndexInfo) => isStatic || index.isOwn === isOwn
    const isAlike = (index: IndexInfo) =>
      index.symbols === symbols && isNear(index) && query.indexes.includes(index.name)
    const chosen = query.indexes.includes(name)
      ? query.indexes.filter((other) => other !== name)
      : indexes.filter((index) => index.name === name || isAlike(index)).map((index) => index.name)
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

interface TokenChipProps extends Omit<OptionBarProps, 'indexes'> {
  /** Nothing tells what the tokens say, so text cannot be asked for. */
  readonly isForced: boolean
}

function TokenChip({ query, change, isForced }: TokenChipProps) {
  if (isForced) return <span class="context">Token ids</span>
  return (
    <Chip
      isOn={query.asIds}
      toggle={() => change({ asIds: !query.asIds, pattern: '', terms: [], open: null })}
      title="Numbers with commas or spaces between them instead of text"
    >
      Token ids
    </Chip>
  )
}

function ViewChips({ query, change, unit }: Omit<OptionBarProps, 'indexes'> & { readonly unit: string }) {
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
                {step} {unit}
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  )
}
