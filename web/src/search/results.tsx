/** What is shown of the answers: what follows, the places, how they spread, or that there are none. */
import type { Waiting } from '../server/use-answer.ts'
import type { CountAnswer, IndexInfo } from './answers.ts'
import { EmptyResults } from './empty-results.tsx'
import { NextStrip } from './next-strip.tsx'
import { countKey, isCombined, type Query } from './query.ts'
import { ResultList } from './result-list.tsx'
import { listSearched } from './settle-query.ts'
import { hasSpread, SpreadPanel } from './spread-panel.tsx'
import { useMedia } from './use-media.ts'
import type { Pages } from './use-pages.ts'
import type { ChangeQuery } from './use-query.ts'

interface ResultsProps {
  readonly query: Query
  readonly change: ChangeQuery
  readonly indexes: readonly IndexInfo[]
  readonly count: Waiting<CountAnswer>
  readonly pages: Pages
  readonly selected: number
  readonly open: (at: number) => void
}

export function Results({ query, change, indexes, count, pages, selected, open }: ResultsProps) {
  const isBroad = useMedia('(min-width: 64rem)')
  const found = isCombined(query) ? undefined : count.answer?.results[0]
  const searched = listSearched(query, indexes)
  const isEmpty = isCombined(query) ? pages.page?.count === 0 : found?.count === 0
  if (isEmpty) {
    if (count.answer?.partial ?? pages.page?.partial) {
      return <p class="empty">Nothing in the shards that answered; those that are missing cannot say.</p>
    }
    if (isCombined(query)) return <p class="empty">No document holds that combination.</p>
    return <EmptyResults query={query} change={change} indexes={indexes} />
  }
  const isSpread = found !== undefined && hasSpread(searched, found)
  const isBeside = isBroad && query.open === null
  const { sampleSeed } = query
  return (
    <>
      {found && <NextStrip query={query} resultKey={countKey(query)} change={change} />}
      <div class={isSpread && isBeside ? 'columns' : undefined}>
        {isSpread && <SpreadPanel query={query} indexes={searched} count={found} isBeside={isBeside} />}
        <ResultList
          query={query}
          pages={pages}
          selected={selected}
          open={open}
          sampleAgain={sampleSeed === null ? null : () => change({ sampleSeed: sampleSeed + 1, open: null })}
        />
      </div>
    </>
  )
}
