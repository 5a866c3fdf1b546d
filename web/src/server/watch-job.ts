/** How does a page follow work on the server? It reads the events as they come, and comes back when the line is cut. */
import { callServer, fetchFromServer } from './call-server.ts'

/** Wait before it comes back. */
const retryMs = 1_000

/** Tells each answer of `path` up to the one that has ended. `EventSource` would not send an API key. */
export async function watchJob<Answer>(
  path: string,
  hasEnded: (answer: Answer) => boolean,
  signal: AbortSignal,
  tell: (answer: Answer) => void,
): Promise<void> {
  while (!signal.aborted) {
    const first = await callServer<Answer>(path, { signal })
    tell(first)
    if (hasEnded(first)) return
    if (await readEvents(path, hasEnded, signal, tell).catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** Whether the last state came. */
async function readEvents<Answer>(
  path: string,
  hasEnded: (answer: Answer) => boolean,
  signal: AbortSignal,
  tell: (answer: Answer) => void,
): Promise<boolean> {
  const response = await fetchFromServer(path, { headers: { accept: 'text/event-stream' }, signal })
  if (!response.ok || !response.body) return false
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const events = (rest + piece.value).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const answer = readEvent<Answer>(event)
      if (!answer) continue
      tell(answer)
      if (hasEnded(answer)) return true
    }
  }
  return false
}

function readEvent<Answer>(event: string): Answer | null {
  const lines = event.split('\n')
  if (!lines.includes('event: state')) return null
  const data = lines.find((line) => line.startsWith('data: '))
  return data === undefined ? null : (JSON.parse(data.slice(6)) as Answer)
}
