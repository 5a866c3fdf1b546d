/** How does a component wait for the server without showing what is out of date? */
import { useEffect, useState } from 'preact/hooks'
import { type Problem, toProblem } from './problem.ts'

export interface Waiting<Answer> {
  readonly answer: Answer | null
  readonly problem: Problem | null
  /** True once an answer is awaited for longer than a person notices. */
  readonly isSlow: boolean
  /** The answer is that of an older question. */
  readonly isStale: boolean
}

const noticeMs = 150

/** Asks again whenever `key` changes, `delayMs` after the last change; the question before is aborted. A null key asks nothing. */
export function useAnswer<Answer>(
  key: string | null,
  delayMs: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Waiting<Answer> {
  const [state, setState] = useState<Waiting<Answer> & { key: string | null }>({
    key: null,
    answer: null,
    problem: null,
    isSlow: false,
    isStale: false,
  })
  const keyChanges = useKeyChanges()
  useEffect(() => {
    if (key === null) {
      setState({ key, answer: null, problem: null, isSlow: false, isStale: false })
      return
    }
    const controller = new AbortController()
    const slow = setTimeout(() => setState((old) => ({ ...old, isSlow: true })), delayMs + noticeMs)
    const start = setTimeout(async () => {
      try {
        const answer = await ask(controller.signal)
        if (!controller.signal.aborted) setState({ key, answer, problem: null, isSlow: false, isStale: false })
      } catch (error) {
        if (controller.signal.aborted) return
        setState({ key, answer: null, problem: toProblem(error), isSlow: false, isStale: false })
      } finally {
        clearTimeout(slow)
      }
    }, delayMs)
    return () => {
      clearTimeout(slow)
      clearTimeout(start)
      controller.abort()
    }
    // `ask` is made anew at each render; the key says when it asks something else.
  }, [key, delayMs, keyChanges])
  return { ...state, isStale: state.key !== key }
}

/** How often another API key was given: what was refused is then asked again. */
export function useKeyChanges(): number {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const note = () => setChanges((count) => count + 1)
    addEventListener('omnigram:key', note)
    return () => removeEventListener('omnigram:key', note)
  }, [])
  return changes
}
