/** How is a question put to a server? MessagePack over HTTP; problems become the errors that they came from. */
import { Packr } from 'msgpackr'
import { isErrorCode, OmnigramError } from '../core/errors.js'

const mediaType = 'application/vnd.msgpack'

interface Problem {
  readonly code?: unknown
  readonly detail?: unknown
}

/** `http://host:port/NAME`, or the address of the index under `/v1/indexes`; the name as it is escaped there. Throws `bad-argument`. */
export function parseServerAddress(target: string): { origin: string; name: string } {
  const url = URL.canParse(target) ? new URL(target) : null
  const segments = url?.pathname.split('/').filter((segment) => segment !== '') ?? []
  const name = segments.at(-1)
  if (url === null || name === undefined || (segments.length > 1 && segments.slice(0, -1).join('/') !== 'v1/indexes')) {
    throw new OmnigramError('bad-argument', `${target} does not name an index: write http://host:port/NAME.`)
  }
  return { origin: url.origin, name }
}

export class ServerClient {
  readonly #base: string
  readonly #packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' })

  constructor(target: string) {
    const { origin, name } = parseServerAddress(target)
    this.#base = `${origin}/v1/indexes/${name}`
  }

  post<Answer>(path: string, request: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Answer> {
    // MessagePack has no `undefined`: what is not said is left out.
    const said = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
    const body = new Uint8Array(this.#packr.pack(said))
    return this.#send<Answer>(path, { method: 'POST', body, headers: { 'content-type': mediaType }, signal })
  }

  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    return this.#send<Answer>(path, { method: 'GET', signal })
  }

  async #send<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const address = `${this.#base}${path}`
    const key = process.env.OMNIGRAM_KEY
    const headers = { ...init.headers, accept: mediaType, ...(key ? { authorization: `Bearer ${key}` } : {}) }
    let response: Response
    let body: Uint8Array
    try {
      response = await fetch(address, { ...init, headers })
      body = new Uint8Array(await response.arrayBuffer())
    } catch (error) {
      if (init.signal?.aborted)
        throw new OmnigramError('cancelled', 'Stopped while the server worked.', { cause: error })
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new OmnigramError('unreachable-server', `${address}: ${reason}`, { cause: error })
    }
    if (!response.ok) throw this.#readProblem(address, response, body)
    if (!isPacked(response)) throw notOurs(address, response)
    try {
      return this.#packr.unpack(body) as Answer
    } catch (error) {
      throw notOurs(address, response, error)
    }
  }

  #readProblem(address: string, response: Response, body: Uint8Array): OmnigramError {
    try {
      const problem = (
        isPacked(response) ? this.#packr.unpack(body) : JSON.parse(Buffer.from(body).toString())
      ) as Problem
      if (isErrorCode(problem.code)) return new OmnigramError(problem.code, String(problem.detail))
    } catch {
      // Not a problem of ours: said below.
    }
    return notOurs(address, response)
  }
}

function isPacked(response: Response): boolean {
  return response.headers.get('content-type')?.includes('msgpack') === true
}

function notOurs(address: string, { status }: Response, cause?: unknown): OmnigramError {
  const detail = `${address} answered ${status}, not as an omnigram server does.`
  return new OmnigramError('unreachable-server', detail, { cause })
}
