/** How does the page follow a text while the server writes it? Line by line. */
import { fetchFromServer, readProblem } from '../server/call-server.ts'
import { Problem } from '../server/problem.ts'
import type { CompletionEvent } from './answers.ts'

/** The events as they come. Throws {@link Problem}, or the abort of the signal. */
export async function* followCompletion(
  index: string,
  request: object,
  signal: AbortSignal,
): AsyncGenerator<CompletionEvent> {
  const response = await fetchFromServer(`/v1/indexes/${encodeURIComponent(index)}/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept': 'application/x-ndjson' },
    body: JSON.stringify(request),
    signal,
  })
  if (!response.ok || response.body === null) throw await readProblem(response)
  let isWhole = false
  for await (const line of readLines(response.body, signal)) {
    const event = JSON.parse(line) as CompletionEvent | { problem: Parameters<typeof makeProblem>[0] }
    if ('problem' in event) throw makeProblem(event.problem)
    isWhole = event.kind === 'end'
    yield event
  }
  if (!isWhole) throw new Problem('The answer broke off.', '', 'Is `omnigram serve` still running?')
}

function makeProblem({ title, detail, hint, code }: { title: string; detail: string; hint: string; code: string }) {
  return new Problem(title, detail, hint, code)
}

async function* readLines(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error: unknown) => {
        // A connection that is cut after a problem was told ends here as well.
        if (signal.aborted) throw error
        return { value: undefined, done: true }
      })
      if (done) return
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
