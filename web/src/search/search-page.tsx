/** What is on the page? The question above, the answers below, a document beside them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Problem } from '../server/problem.ts'
import { useAnswer } from '../server/use-answer.ts'
import { usePageKeys } from '../shell/page-keys.ts'
import { addOwn, countDocuments, countPatterns, listOtherIndexes } from './ask.ts'
import { CountLine } from './count-line.tsx'
import { DocumentReader } from './document-reader.tsx'
import { placeOf } from './hits.ts'
import { OwnFiles } from './own-files.tsx'
import { AnswerProblem, PartialNotice } from './partial-notice.tsx'
import { countKey, isAnswerable, isCombined } from './query.ts'
import { Results } from './results.tsx'
import { SearchForm } from './search-form.tsx'
import { settleQuery } from './settle-query.ts'
import { Start } from './start.tsx'
import { searchKeys, useKeys } from './use-keys.ts'
import { useOwnIndexes } from './use-own-indexes.ts'
import { usePages } from './use-pages.ts'
import { useQuery } from './use-query.ts'
import './question.css'
import './results.css'
import './spread.css'
import './reader.css'
import './own-files.css'

/** Wait after the last key stroke. */
const typingMs = 120

/** Documents take longer to count than occurrences. */
const documentsMs = 350

export function SearchPage() {
  const [address, change] = useQuery()
  const [selected, select] = useState(-1)
  /** The question of which documents are counted however long it takes. */
  const [exactKey, setExactKey] = useState('')
  const box = useRef<HTMLTextAreaElement>(null)
  const names = useRef<readonly string[]>([])
  const own = useOwnIndexes(
    () => names.current,
    (name) => change({ indexes: [name], open: null, generation: null }),
  )
  const indexes = useAnswer('indexes', 0, (signal) => listOtherIndexes(own.list, signal))
  // At each moment with all of the visitor: what is asked of one that is not listed would look as if it were the server's.
  const known = indexes.answer ? addOwn(indexes.answer.indexes, own.list) : []
  names.current = known.map(({ name }) => name)
  const query = settleQuery(address, known)
  // What is meant for an index of the visitor is asked of nobody else, also when that is gone.
  const isHere = (name: string) => known.some((index) => index.name === name)
  const lacking = query.indexes.filter((name) => !isHere(name))
  const isReady = isAnswerable(query) && lacking.length === 0
  const key = countKey(query)
  const count = useAnswer(isReady ? key : null, typingMs, (signal) => countPatterns(query, signal))
  const areDocumentsAsked = isReady && !isCombined(query)
  const isExact = exactKey === key
  const documents = useAnswer(areDocumentsAsked ? `${key} ${isExact}` : null, documentsMs, (signal) =>
    countDocuments(query, isExact, signal),
  )
  const pages = usePages(query, isReady, typingMs)
  const generation = count.answer?.generation ?? null
  const problem = indexes.problem ?? count.problem ?? pages.problem
  const partial = count.answer?.partial ?? pages.page?.partial
  const remove = (removed: readonly string[]) => {
    own.remove(removed)
    const left = address.indexes.filter((name) => !removed.includes(name))
    if (left.length === address.indexes.length) return
    // What was asked of it alone is not for the index that is searched without a choice.
    const question = left.length === 0 ? { pattern: '', terms: [] } : {}
    change({ ...question, indexes: left, open: null, generation: null })
  }
  const open = (at: number) => {
    select(at)
    change({ open: placeOf(pages.hits[at]) })
  }

  const isListed = indexes.answer !== null
  useEffect(() => {
    if (isListed) own.openKept(names.current)
  }, [isListed])
  useEffect(() => select(-1), [key])
  useEffect(() => {
    document.title = query.pattern === '' ? 'omnigram: exact search' : `${query.pattern.slice(0, 80)} · omnigram`
  }, [query.pattern])
  usePageKeys(searchKeys)
  useKeys({ query, change, pages, selected, select, box, generation })

  return (
    <div class={query.open ? 'search-page has-reader' : 'search-page'}>
      <h1 class="hidden">Exact search</h1>
      <SearchForm
        query={query}
        change={change}
        indexes={known}
        box={box}
        counts={count.isStale ? null : count.answer}
        goToResults={() => pages.hits.length > 0 && select(0)}
      />
      <OwnFiles own={own} isStart={!isReady} remove={remove} />
      {isListed && own.isComplete && lacking.map((name) => <LackNotice key={name} name={name} />)}
      {indexes.answer?.problems.map((lack) => (
        <ProblemNotice key={lack.detail} problem={lack} />
      ))}
      {problem && <AnswerProblem problem={problem} askOthers={() => change({ partial: true })} />}
      {isReady && !problem && (
        <>
          <CountLine
            query={query}
            count={count}
            documents={documents}
            pages={pages}
            countExactly={() => setExactKey(key)}
          />
          {partial && (
            <PartialNotice
              partial={partial}
              meaning="Every number here is a lower bound, and what those shards hold is not listed."
              askWhole={() => change({ partial: false })}
            />
          )}
          {query.generation !== null && generation !== null && query.generation !== generation && (
            <p class="notice">
              The link was made for generation {query.generation}; the corpus has changed since, and counts may differ.
            </p>
          )}
          <Results
            query={query}
            change={change}
            indexes={known}
            count={count}
            pages={pages}
            selected={selected}
            open={open}
          />
        </>
      )}
      {!isReady && <Start query={query} indexes={known} change={change} />}
      {query.open && isHere(query.open.index) && <DocumentReader query={query} place={query.open} change={change} />}
    </div>
  )
}

function LackNotice({ name }: { readonly name: string }) {
  const hint = 'It may have been removed from this browser. Nothing was asked; choose another one.'
  return <ProblemNotice problem={new Problem('There is no index of that name.', name, hint)} />
}
