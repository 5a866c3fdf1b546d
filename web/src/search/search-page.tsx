/** What is on the page? The question above, the answers below, a document beside them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { useAnswer } from '../server/use-answer.ts'
import { usePageKeys } from '../shell/page-keys.ts'
import { countPattern, listIndexes } from './ask.ts'
import { CountLine } from './count-line.tsx'
import { DocumentReader } from './document-reader.tsx'
import { FacetPanel } from './facet-panel.tsx'
import { NextStrip } from './next-strip.tsx'
import { type Query, resultsKey } from './query.ts'
import { ResultList } from './result-list.tsx'
import { SearchForm } from './search-form.tsx'
import { Start } from './start.tsx'
import { searchKeys, useKeys } from './use-keys.ts'
import { usePages } from './use-pages.ts'
import { useQuery } from './use-query.ts'
import './question.css'
import './results.css'
import './reader.css'

/** Wait after the last key stroke. */
const typingMs = 120

/** Documents take longer to count than occurrences. */
const documentsMs = 350

export function SearchPage() {
  const [address, change] = useQuery()
  const [selected, setSelected] = useState(-1)
  const box = useRef<HTMLTextAreaElement>(null)
  const indexes = useAnswer('indexes', 0, listIndexes)
  const known = indexes.answer ?? []
  // Without a choice in the address the first index is searched.
  const query: Query =
    address.indexes.length > 0 ? address : { ...address, indexes: known.slice(0, 1).map(({ name }) => name) }
  const isReady = query.indexes.length > 0 && query.pattern !== ''
  const key = isReady ? resultsKey({ ...query, by: 'occurrence', context: 0 }) : null
  const count = useAnswer(key, typingMs, (signal) => countPattern(query, false, signal))
  const documents = useAnswer(key, documentsMs, (signal) => countPattern(query, true, signal))
  const pages = usePages(query, isReady, typingMs)
  const facetFields = known.filter(({ name }) => query.indexes.includes(name)).flatMap((index) => index.facetFields)

  useEffect(() => setSelected(-1), [key])
  useEffect(() => {
    document.title = query.pattern === '' ? 'omnigram: exact search' : `${query.pattern} · omnigram`
  }, [query.pattern])

  usePageKeys(searchKeys)
  const generation = count.answer?.generation ?? null
  useKeys({ query, change, pages, selected, setSelected, box, generation })

  return (
    <div class={query.open ? 'search-page has-reader' : 'search-page'}>
      <h1 class="hidden">Exact search</h1>
      <SearchForm query={query} change={change} indexes={known} box={box} />
      {indexes.problem && <ProblemNotice problem={indexes.problem} />}
      {isReady ? (
        <>
          <CountLine query={query} count={count} documents={documents} />
          {(count.problem ?? pages.problem) && <ProblemNotice problem={(count.problem ?? pages.problem)!} />}
          <NextStrip query={query} resultKey={key} change={change} />
          <div class={facetFields.length > 0 ? 'columns with-facets' : 'columns'}>
            <ResultList query={query} change={change} pages={pages} selected={selected} select={setSelected} />
            {facetFields.length > 0 && <FacetPanel query={query} resultKey={key} fields={[...new Set(facetFields)]} />}
          </div>
        </>
      ) : (
        <Start query={query} indexes={known} change={change} />
      )}
      {query.open && <DocumentReader place={query.open} close={() => change({ open: null })} />}
    </div>
  )
}
