/** What has been written up to now, and is more to come? */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Problem, toProblem } from '../server/problem.ts'
import type { Draft, EndEvent, TokensEvent, ToldToken } from './answers.ts'
import { followCompletion } from './follow-completion.ts'
import { describeTask, type Task } from './task.ts'

export interface Writing {
  readonly task: Task
  readonly index: string
  readonly prompt: readonly ToldToken[]
  /** Of superposed decoding. */
  readonly drafts: readonly Draft[]
  /** Of the other modes, pass by pass. */
  readonly passes: readonly TokensEvent[]
  readonly end: EndEvent | null
  readonly problem: Problem | null
  readonly isRunning: boolean
}

export interface Completion {
  readonly writing: Writing | null
  start(task: Task, index: string): void
  stop(): void
}

export function useCompletion(): Completion {
  const [writing, setWriting] = useState<Writing | null>(null)
  const controller = useRef<AbortController | null>(null)
  const stop = useCallback(() => controller.current?.abort(), [])
  useEffect(() => stop, [])
  const start = useCallback(async (task: Task, index: string) => {
    stop()
    const own = new AbortController()
    controller.current = own
    const change = (part: Partial<Writing>) =>
      setWriting((old) => (old && controller.current === own ? { ...old, ...part } : old))
    setWriting({ task, index, prompt: [], drafts: [], passes: [], end: null, problem: null, isRunning: true })
    const passes: TokensEvent[] = []
    try {
      for await (const event of followCompletion(index, describeTask(task), own.signal)) {
        if (event.kind === 'start') change({ prompt: event.prompt })
        else if (event.kind === 'drafts') change({ drafts: event.drafts })
        else if (event.kind === 'end') change({ end: event })
        else {
          passes.push(event)
          change({ passes: [...passes] })
        }
      }
      change({ isRunning: false })
    } catch (error) {
      change({ isRunning: false, ...(!own.signal.aborted && { problem: toProblem(error) }) })
    }
  }, [])
  return { writing, start, stop }
}
