/** How does the page follow a check? It reads the server's events as they come, and comes back when the line is cut. */
import { callServer, fetchFromServer } from '../server/call-server.ts'
import type { Check, CheckAnswer } from './answers.ts'
import { checkPath } from './ask.ts'

/** Wait before it comes back. */
const retryMs = 1_000

/** Tells each state of the check up to the last one. `EventSource` would not send an API key. */
export async function watchCheck(id: string, signal: AbortSignal, tell: (check: Check) => void): Promise<void> {
  while (!signal.aborted) {
    const first = await callServer<CheckAnswer>(checkPath(id), { signal })
    tell(first.check)
    if (hasEnded(first.check)) return
    if (await readEvents(id, signal, tell).catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

export function hasEnded({ state }: Check): boolean {
  return state !== 'queued' && state !== 'running'
}

/** Whether the last state came. */
async function readEvents(id: string, signal: AbortSignal, tell: (check: Check) => void): Promise<boolean> {
  const response = await fetchFromServer(checkPath(id), { headers: { accept: 'text/event-stream' }, signal })
  if (!response.ok || !response.body) return false
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const events = (rest + piece.value).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const check = readEvent(event)
      if (!check) continue
      tell(check)
      if (hasEnded(check)) return true
    }
  }
  return false
}

function readEvent(event: string): Check | null {
  const lines = event.split('\n')
  if (!lines.includes('event: state')) return null
  const data = lines.find((line) => line.startsWith('data: '))
  return data === undefined ? null : (JSON.parse(data.slice(6)) as CheckAnswer).check
}
