/** Which items were found, and how much of each? */
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import { formatCount } from '../components/format.ts'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { ShareBar } from '../components/share-bar.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { type Problem, toProblem } from '../server/problem.ts'
import type { ItemClass, ItemView, ListedItem } from './answers.ts'
import { downloadAs, type ItemsQuery, itemsPath, readItems } from './ask.ts'
import { lowestThreshold, type OpenCell, type Place, writePlace } from './place.ts'
import { categoryLabels } from './views.ts'

type Shown = ItemClass | 'all'

const choices: readonly Shown[] = ['all', 'dirty', 'suspicious', 'clean', 'short']

interface ItemListProps {
  readonly cell: OpenCell
  readonly place: Place
  readonly view: string
}

export function ItemList({ cell, place, view }: ItemListProps) {
  const [shown, setShown] = useState<Shown>('all')
  const query = { view, ...readBounds(shown, place.threshold) }
  const { items, count, problem, tell, loadMore } = useItems(cell, query)
  const download = (mediaType: string, ending: string) => {
    const name = `${cell.benchmark} in ${cell.index}${shown === 'all' ? '' : `, ${shown}`}.${ending}`
    downloadAs(itemsPath(cell, query), mediaType, name.replace(/[/\\]/g, '-')).catch(tell)
  }
  return (
    <>
      <div class="list-tools">
        <fieldset class="chips">
          <legend class="hidden">Which items</legend>
          {choices.map((choice) => (
            <Chip key={choice} isOn={shown === choice} toggle={() => setShown(choice)}>
              {choice[0].toUpperCase() + choice.slice(1)}
            </Chip>
          ))}
        </fieldset>
        <p class="downloads">
          Download{' '}
          <Button kind="plain" onClick={() => download('application/x-ndjson', 'jsonl')}>
            JSON lines
          </Button>
          <Button kind="plain" onClick={() => download('text/csv', 'csv')}>
            CSV
          </Button>
        </p>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {count !== null && (
        <p class="hint" role="status">
          {count === 0 ? 'No such items.' : `${formatCount(count)} items, those found most first`}
        </p>
      )}
      <ol class="item-list">
        {items.map((item) => (
          <ItemRow
            key={item.line}
            item={item}
            score={item.views.find((candidate) => candidate.view === view) ?? item.views[0]}
            threshold={place.threshold}
            href={writePlace({ ...place, cell: { ...cell, line: item.line } })}
          />
        ))}
      </ol>
      {count !== null && items.length < count && <Button onClick={loadMore}>Show more</Button>}
    </>
  )
}

function readBounds(shown: Shown, threshold: number): Omit<ItemsQuery, 'view'> {
  if (shown === 'dirty') return { fromPercent: threshold }
  if (shown === 'suspicious') return { fromPercent: lowestThreshold, belowPercent: threshold }
  if (shown === 'clean') return { belowPercent: lowestThreshold }
  return shown === 'short' ? { class: 'short' } : {}
}

/** Pages of the list; another question begins it anew. */
function useItems(cell: OpenCell, query: ItemsQuery) {
  const [items, setItems] = useState<readonly ListedItem[]>([])
  const [count, setCount] = useState<number | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const key = itemsPath(cell, query)
  const load = async (known: readonly ListedItem[], signal: AbortSignal) => {
    try {
      const page = await readItems(cell, query, known.length, signal)
      if (signal.aborted) return
      setItems([...known, ...page.items])
      setCount(page.count)
      setProblem(null)
    } catch (error) {
      if (!signal.aborted) setProblem(toProblem(error))
    }
  }
  useEffect(() => {
    const controller = new AbortController()
    load([], controller.signal)
    return () => controller.abort()
  }, [key])
  const tell = (error: unknown) => setProblem(toProblem(error))
  return { items, count, problem, tell, loadMore: () => load(items, new AbortController().signal) }
}

export function classOf({ windows, matched }: ItemView, threshold: number): ItemClass {
  if (windows === 0) return 'short'
  if (matched * 100 >= threshold * windows) return 'dirty'
  return matched * 100 >= lowestThreshold * windows ? 'suspicious' : 'clean'
}

interface ItemRowProps {
  readonly item: ListedItem
  readonly score: ItemView
  readonly threshold: number
  readonly href: string
}

function ItemRow({ item, score, threshold, href }: ItemRowProps) {
  const found = classOf(score, threshold)
  // The evidence may be of another view, in which more was found.
  const isFound = found === 'dirty' || found === 'suspicious'
  return (
    <li>
      <a class="item-row" href={href}>
        <span class={`badge is-${found}`}>{found}</span>
        <span class="item-share">
          <ShareBar value={score.eta ?? 0} />
          {score.windows === 0 ? 'no window' : `${score.matched} of ${score.windows} windows`}
        </span>
        <span class="item-text">
          <VisibleText text={item.text ?? `item ${item.id}`} />
        </span>
        <span class="item-notes">
          {item.subtask !== null && <span>{item.subtask}</span>}
          {isFound && item.category !== null && <span>{categoryLabels[item.category]}</span>}
          {isFound && item.answer === 'found' && <span>answer nearby</span>}
          {isFound && item.isBoilerplate && <span>boilerplate</span>}
        </span>
      </a>
    </li>
  )
}
