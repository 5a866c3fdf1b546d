/** In which document does what was accepted stand, and how often? */
import { formatCount } from '../components/format.ts'
import { HighlightedText } from '../components/highlighted-text.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { emptyQuery, searchPath, writeQuery } from '../search/query.ts'
import type { Origin } from './answers.ts'
import type { ListedOrigin } from './list-origins.ts'

interface OriginListProps {
  readonly origins: readonly ListedOrigin[]
  readonly index: string
}

export function OriginList({ origins, index }: OriginListProps) {
  if (origins.length === 0) return null
  return (
    <section class="origins">
      <h2>Where accepted tokens come from</h2>
      <ol>
        {origins.map(({ pass, text, origin, matchIds }) => (
          <li key={pass} id={`origin-${pass}`} tabIndex={-1}>
            <p>
              <q>
                <VisibleText text={text} />
              </q>{' '}
              {describeOrigin(origin)} <span class="hint">{origin.drafter}</span>
            </p>
            {origin.document && <Place document={origin.document} index={index} matchIds={matchIds} />}
          </li>
        ))}
      </ol>
    </section>
  )
}

function describeOrigin({ from, matchTokens, count, textOffset }: Origin): string {
  if (from === 'model') return 'was held likely by the model after the same token before'
  if (textOffset !== null) return `stands in the text itself, ${matchTokens} tokens from token ${textOffset} on`
  if (count === null) return `was drafted from the ${from}`
  const times = count === 1 ? 'once' : `${formatCount(count)} times`
  return `ends ${matchTokens} tokens that stand ${times} in the corpus`
}

interface PlaceProps {
  readonly document: NonNullable<Origin['document']>
  readonly index: string
  readonly matchIds: readonly number[]
}

function Place({ document: found, index, matchIds }: PlaceProps) {
  const { externalId, document, snippet, startOffset, endOffset } = found
  const place = { index: found.index, document, startOffset, endOffset }
  const query = { ...emptyQuery, indexes: [index], pattern: matchIds.join(', '), asIds: true, open: place }
  return (
    <p class="place">
      <a href={writeQuery(query) ?? searchPath}>{externalId ?? `document ${document}`}</a>
      {snippet.text !== null && (
        <span class="snippet">
          <HighlightedText text={snippet.text} spans={[{ start: snippet.matchStart, end: snippet.matchEnd }]} />
        </span>
      )}
    </p>
  )
}
