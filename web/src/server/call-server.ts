/** How do the pages ask the server, and what do they learn when something is wrong? */
import { readApiKey } from './api-key.ts'
import { findPageAsker } from './page-asker.ts'
import { Problem } from './problem.ts'

const unreachable = new Problem('The server does not answer.', '', 'Is `omnigram serve` still running?')

/** The answer to a request as JSON. Throws {@link Problem}, or the abort of `init.signal`. */
export async function callServer<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetchFromServer(path, init)
  if (!response.ok) throw await readProblem(response)
  return (await response.json().catch(() => null)) as Answer
}

/** What a response says that is no answer. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => null)
  if (body === null) return new Problem(`The server answered ${response.status}.`, '', 'Try again in a moment.')
  return new Problem(body.title, body.detail, body.hint, body.code)
}

/** As {@link callServer} with a JSON body. */
export function postToServer<Answer>(path: string, request: unknown, signal: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  return callServer<Answer>(path, { method: 'POST', headers, body: JSON.stringify(request), signal })
}

/** The response, whatever its status, with the key of this session in the request; from the page where it answers itself. */
export async function fetchFromServer(path: string, init: RequestInit): Promise<Response> {
  const asker = await findPageAsker(path)
  if (asker !== null) return asker.ask(path, init)
  const headers = new Headers(init.headers)
  const key = readApiKey()
  if (key !== null) headers.set('authorization', `Bearer ${key}`)
  try {
    return await fetch(path, { ...init, headers })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw unreachable
  }
}
