/** How do the results grow page by page? */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Problem, toProblem } from '../server/problem.ts'
import { useKeyChanges } from '../server/use-answer.ts'
import type { Occurrence } from './answers.ts'
import { readPage } from './ask.ts'
import { type Query, resultsKey } from './query.ts'

export interface Pages {
  readonly occurrences: readonly Occurrence[]
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly problem: Problem | null
  readonly loadMore: () => void
}

interface State {
  readonly key: string
  readonly occurrences: readonly Occurrence[]
  readonly cursor: string | null
  readonly isLoading: boolean
  readonly problem: Problem | null
}

const noState: State = { key: '', occurrences: [], cursor: null, isLoading: false, problem: null }

/** The first page comes `delayMs` after the last change of the query; the old results stay until then. */
export function usePages(query: Query, isReady: boolean, delayMs: number): Pages {
  const [state, setState] = useState<State>(noState)
  const controller = useRef<AbortController | null>(null)
  const key = resultsKey(query)
  const keyChanges = useKeyChanges()

  const load = useCallback(
    async (cursor: string | null, before: readonly Occurrence[]) => {
      controller.current?.abort()
      const current = new AbortController()
      controller.current = current
      setState((old) => ({ ...old, isLoading: true }))
      try {
        const page = await readPage(query, cursor, current.signal)
        if (current.signal.aborted) return
        const occurrences = [...before, ...page.occurrences]
        setState({ key, occurrences, cursor: page.nextCursor, isLoading: false, problem: null })
      } catch (error) {
        if (current.signal.aborted) return
        setState({ ...noState, key, occurrences: before, problem: toProblem(error) })
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

  const loadMore = () => {
    if (!state.isLoading && state.cursor !== null && state.key === key) load(state.cursor, state.occurrences)
  }
  return { ...state, hasMore: state.cursor !== null, loadMore }
}
