/** How is one request put to an S3 store, signed, with a time limit, and again when it did not work? */
import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { OmnigramError } from '../../core/errors.js'
import { PassingFailure, type RetryPolicy, retry } from './retry.js'
import type { S3Settings } from './s3-settings.js'

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Relative to the bucket. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Statuses that are answers; any other one is a failure. */
  readonly accepts: readonly number[]
  /** Bytes of the answer's body; another number means that it was cut. */
  readonly expectedBytes?: number
  readonly signal?: AbortSignal
}

export interface S3Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  /** 1, or more where tries before may have been done though no answer came. */
  readonly tries: number
}

export interface S3ClientOptions {
  readonly retry: RetryPolicy
  /** Silence after which a try is given up. */
  readonly stallMs: number
  /** What an upload must manage at least, on top of the silence that is allowed. */
  readonly slowestBytesPerMs: number
}

export const defaultClientOptions: S3ClientOptions = {
  retry: { tries: 8, firstDelayMs: 200, maxDelayMs: 10_000 },
  stallMs: 15_000,
  slowestBytesPerMs: 256,
}

/** Statuses of what passes: too many requests, a lost race inside the store, faults of its own. */
const passing = new Set([408, 409, 425, 429, 500, 502, 503, 504])

/** What another try would not change. */
class Refusal extends Error {}

export class S3Client {
  readonly #settings: S3Settings
  readonly #options: S3ClientOptions
  /** What the clock of the store is ahead of this machine's, once a signature was refused for it. */
  #clockAheadMs = 0

  constructor(settings: S3Settings, options: Partial<S3ClientOptions> = {}) {
    this.#settings = settings
    this.#options = { ...defaultClientOptions, ...options }
  }

  /** Throws `store-failure` that says what was asked and what came back; `cancelled`. */
  async send(request: S3Request): Promise<S3Answer> {
    const { signal } = request
    let tries = 0
    const attempt = () => {
      tries += 1
      return this.#try(request)
    }
    try {
      return { ...(await retry(this.#options.retry, attempt, { signal })), tries }
    } catch (thrown) {
      if (thrown instanceof OmnigramError) throw thrown
      if (signal?.aborted) throw new OmnigramError('cancelled', 'The transfer was stopped.', { cause: thrown })
      const what = `${request.method} s3://${this.#settings.bucket}/${request.path}`
      throw new OmnigramError('store-failure', `${what}: ${thrown instanceof Error ? thrown.message : thrown}.`, {
        cause: thrown,
      })
    }
  }

  async #try(request: S3Request): Promise<Omit<S3Answer, 'tries'>> {
    const { stallMs, slowestBytesPerMs } = this.#options
    const stop = new AbortController()
    const stopped = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason))
    })
    const stall = () => stop.abort(new PassingFailure(`silent for ${stallMs} ms`))
    const cancel = () => stop.abort(new OmnigramError('cancelled', 'The transfer was stopped.'))
    let timer = setTimeout(stall, stallMs + (request.body?.length ?? 0) / slowestBytesPerMs)
    const hear = () => {
      clearTimeout(timer)
      timer = setTimeout(stall, stallMs)
    }
    request.signal?.addEventListener('abort', cancel)
    try {
      if (request.signal?.aborted) cancel()
      // Raced, as a fetch does not end for sure when its signal says so.
      const answer = await Promise.race([stopped, this.#ask(request, stop.signal, hear)])
      this.#check(request, answer)
      return answer
    } catch (thrown) {
      if (thrown instanceof OmnigramError || thrown instanceof PassingFailure || thrown instanceof Refusal) throw thrown
      // The connection was refused, cut or reset.
      throw new PassingFailure(describeCause(thrown), { cause: thrown })
    } finally {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', cancel)
    }
  }

  async #ask(request: S3Request, signal: AbortSignal, hear: () => void): Promise<Omit<S3Answer, 'tries'>> {
    const { url, headers } = await this.#sign(request)
    const { method, body } = request
    const response = await fetch(url, {
      method,
      headers,
      signal,
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body ?? []) {
      hear()
      chunks.push(chunk)
    }
    return { status: response.status, headers: response.headers, body: Buffer.concat(chunks) }
  }

  async #sign({ method, path, query, headers, body }: S3Request): Promise<{ url: URL; headers: Headers }> {
    const { bucketUrl, region, credentials } = this.#settings
    const url = new URL(`${bucketUrl}${path.split('/').map(encodeURIComponent).join('/')}`)
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
    if (credentials === null) return { url, headers: new Headers(headers) }
    const hash = createHash('sha256')
      .update(body ?? '')
      .digest('hex')
    const sent = { ...headers, 'x-amz-content-sha256': hash }
    const datetime = new Date(Date.now() + this.#clockAheadMs).toISOString().replace(/[:-]|\.\d{3}/g, '')
    return new AwsV4Signer({
      ...credentials,
      method,
      url: url.href,
      headers: sent,
      datetime,
      region,
      service: 's3',
    }).sign()
  }

  #check({ method, accepts, expectedBytes }: S3Request, { status, headers, body }: Omit<S3Answer, 'tries'>): void {
    if (!accepts.includes(status)) {
      const message = `status ${status}${describeError(body)}`
      if (isSkewed(status, headers, body)) {
        // The clock of this machine may be wrong, or set while it runs.
        this.#clockAheadMs = Date.parse(headers.get('date') ?? '') - Date.now()
        throw new PassingFailure(message)
      }
      if (!passing.has(status)) throw new Refusal(message)
      const afterSeconds = Number(headers.get('retry-after'))
      throw new PassingFailure(message, undefined, afterSeconds > 0 ? afterSeconds * 1_000 : null)
    }
    if (status === 200 && method === 'GET' && !isAsPut(headers, body)) {
      throw new PassingFailure('other bytes came than were put')
    }
    if (status >= 300 || method === 'HEAD' || expectedBytes === undefined || body.length === expectedBytes) return
    throw new PassingFailure(`${body.length} bytes came, not ${expectedBytes}`)
  }
}

/** Whether a signature was refused for its time, by a store that says what time it has. */
function isSkewed(status: number, headers: Headers, body: Uint8Array): boolean {
  if (status !== 403 || Number.isNaN(Date.parse(headers.get('date') ?? ''))) return false
  return Buffer.from(body.subarray(0, 4_096)).includes('RequestTimeTooSkewed')
}

/** By the checksum that was put with a small object, where the store tells it. */
function isAsPut(headers: Headers, body: Uint8Array): boolean {
  const sum = headers.get('x-amz-checksum-sha256')
  // One of the sums of parts has their number behind it.
  return sum === null || sum.includes('-') || sum === hashForS3(body)
}

/** As the header of a checksum has it. */
export function hashForS3(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64')
}

function describeCause(thrown: unknown): string {
  const { message, cause } = thrown as Error
  return cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message
}

/** Of the XML that S3 explains a refusal with. */
function describeError(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, 4_096)).toString()
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1]
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1]
  return code === undefined ? '' : ` ${code}${message ? ` (${message.replace(/\.$/, '')})` : ''}`
}
