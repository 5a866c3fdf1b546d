/** What follows the pattern? A click goes on with it. */

import { formatCount, formatShare } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'
import { useAnswer } from '../server/use-answer.ts'
import type { NextSymbol } from './answers.ts'
import { readNext } from './ask.ts'
import type { Query } from './query.ts'
import type { ChangeQuery } from './use-query.ts'

const waitMs = 200

interface NextStripProps {
  readonly query: Query
  readonly resultKey: string | null
  readonly change: ChangeQuery
}

export function NextStrip({ query, resultKey, change }: NextStripProps) {
  const { answer, isStale } = useAnswer(resultKey, waitMs, (signal) => readNext(query, signal))
  if (!answer || answer.count === 0) return null
  return (
    <section class={isStale ? 'next is-stale' : 'next'} aria-label="What follows">
      <h2>Followed by</h2>
      <ol>
        {answer.next.map((symbol) => (
          <li key={'end' in symbol ? 'end' : symbol.id}>
            <NextButton symbol={symbol} share={symbol.count / answer.count} query={query} change={change} />
          </li>
        ))}
        {answer.otherCount > 0 && (
          <li>
            <span class="symbol is-fixed" title={`${formatCount(answer.otherCount)} times something else`}>
              <b>…</b>
              <ShareBar value={answer.otherCount} most={answer.count} />
              <small>{formatShare(answer.otherCount / answer.count)}</small>
            </span>
          </li>
        )}
      </ol>
    </section>
  )
}

const names: Readonly<Record<string, string>> = { ' ': '␣', '\n': '↵', '\r': 'CR', '\t': '⇥' }

interface NextButtonProps {
  readonly symbol: NextSymbol
  readonly share: number
  readonly query: Query
  readonly change: ChangeQuery
}

function NextButton({ symbol, share, query, change }: NextButtonProps) {
  const percent = formatShare(share)
  const meter = <ShareBar value={share} />
  if ('end' in symbol || symbol.text === null) {
    const name = 'end' in symbol ? 'end' : `0x${symbol.id.toString(16)}`
    return (
      <span class="symbol is-fixed" title={`${formatCount(symbol.count)} times`}>
        <b>{name}</b>
        {meter}
        <small>{percent}</small>
      </span>
    )
  }
  const { text } = symbol
  return (
    <button
      type="button"
      class="symbol"
      title={`${formatCount(symbol.count)} times: go on with it`}
      onClick={() => change({ pattern: query.pattern + text, open: null, generation: null })}
    >
      <b>{names[text] ?? text}</b>
      {meter}
      <small>{percent}</small>
    </button>
  )
}
