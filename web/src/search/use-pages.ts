/** How do the results grow page by page? */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Problem, toProblem } from '../server/problem.ts'
import { useKeyChanges } from '../server/use-answer.ts'
import type { PageAnswer } from './answers.ts'
import { readPage } from './ask.ts'
import { type Hit, listHits } from './hits.ts'
import { type Query, resultsKey } from './query.ts'

export interface Pages {
  readonly hits: readonly Hit[]
  /** The page that came last: its count holds for all of them. */
  readonly page: PageAnswer | null
  readonly hasMore: boolean
  readonly isLoading: boolean
  /** The hits are those of an older question. */
  readonly isStale: boolean
  readonly problem: Problem | null
  readonly loadMore: () => void
}

interface State {
  readonly key: string
  readonly hits: readonly Hit[]
  readonly page: PageAnswer | null
  readonly isLoading: boolean
  readonly problem: Problem | null
}

const noState: State = { key: '', hits: [], page: null, isLoading: false, problem: null }

/** The first page comes `delayMs` after the last change of the query; the old results stay until then. */
export function usePages(query: Query, isReady: boolean, delayMs: number): Pages {
  const [state, setState] = useState<State>(noState)
  const controller = useRef<AbortController | null>(null)
  const key = resultsKey(query)
  const keyChanges = useKeyChanges()

  const load = useCallback(
    async (cursor: string | null, before: readonly Hit[]) => {
      controller.current?.abort()
      const current = new AbortController()
      controller.current = current
      setState((old) => ({ ...old, isLoading: true }))
      try {
        const page = await readPage(query, cursor, current.signal)
        if (current.signal.aborted) return
        setState({ key, hits: [...before, ...listHits(page)], page, isLoading: false, problem: null })
      } catch (error) {
        if (current.signal.aborted) return
        setState({ ...noState, key, hits: before, problem: toProblem(error) })
      }
    },
    [key],
  )

  useEffect(() => {
    if (!isReady) {
      controller.current?.abort()
      setState(noState)
      return
    }
    const timer = setTimeout(() => load(null, []), delayMs)
    return () => {
      clearTimeout(timer)
      controller.current?.abort()
    }
  }, [key, isReady, keyChanges])

  const cursor = state.page?.nextCursor ?? null
  const loadMore = () => {
    if (!state.isLoading && cursor !== null && state.key === key) load(cursor, state.hits)
  }
  return { ...state, hasMore: cursor !== null, isStale: state.key !== key, loadMore }
}
