/** What follows the pattern? A click goes on with it. */

import { formatCount, formatShare } from '../components/format.ts'
import { ShareBar } from '../components/share-bar.tsx'
import { useAnswer } from '../server/use-answer.ts'
import type { NextAnswer, NextSymbol } from './answers.ts'
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
            <NextButton symbol={symbol} answer={answer} query={query} change={change} />
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

/** What is not seen at the ends of a token stands as a mark. */
function nameSymbol(text: string): string {
  return text.replace(/[ \n\r\t]/g, (space) => names[space])
}

/** The question that goes on with a symbol; null where none can. Text may be cut into other tokens when it grows, ids are not. */
function goOn({ pattern }: Query, { ids }: NextAnswer, symbol: NextSymbol): Partial<Query> | null {
  if ('end' in symbol) return null
  if (ids) return { asIds: true, pattern: [...ids, symbol.id].join(', ') }
  return symbol.text === null ? null : { pattern: pattern + symbol.text }
}

function describeSymbol(symbol: NextSymbol, areTokens: boolean): string {
  if ('end' in symbol) return 'end'
  if (symbol.text !== null && symbol.text !== '') return nameSymbol(symbol.text)
  return areTokens ? `#${symbol.id}` : `0x${symbol.id.toString(16)}`
}

interface NextButtonProps {
  readonly symbol: NextSymbol
  readonly answer: NextAnswer
  readonly query: Query
  readonly change: ChangeQuery
}

function NextButton({ symbol, answer, query, change }: NextButtonProps) {
  const share = symbol.count / answer.count
  const further = goOn(query, answer, symbol)
  const body = (
    <>
      <b>{describeSymbol(symbol, answer.ids !== undefined)}</b>
      <ShareBar value={share} />
      <small>{formatShare(share)}</small>
    </>
  )
  const id = answer.ids && !('end' in symbol) ? `, token ${symbol.id}` : ''
  const title = `${formatCount(symbol.count)} times${id}`
  if (further === null) {
    return (
      <span class="symbol is-fixed" title={title}>
        {body}
      </span>
    )
  }
  return (
    <button
      type="button"
      class="symbol"
      title={`${title}: go on with it`}
      onClick={() => change({ ...further, open: null, generation: null })}
    >
      {body}
    </button>
  )
}
