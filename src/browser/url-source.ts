/** How is a shard read that a file host serves? By range requests: any host of static files answers them. */
import { OmnigramError } from '../core/errors.js'
import type { ByteRange, ByteSource, SourceCost } from './byte-source.js'
import { cancelled } from './wanted.js'

/** The first request: it tells how long the file is, and brings its header and table. */
const headBytes = 16 * 1024

export class UrlSource implements ByteSource {
  readonly name: string
  readonly bytes: number
  readonly #url: string
  /** The beginning of the file, until it has been handed out. */
  #head: Uint8Array
  #cost: SourceCost
  /** Every answer must be of the file that was opened. */
  readonly #version: string | null

  private constructor(url: string, bytes: number, head: Uint8Array, version: string | null) {
    this.name = url
    this.#url = url
    this.bytes = bytes
    this.#head = head
    this.#version = version
    this.#cost = { requests: 1, bytes: head.length }
  }

  /**
   * Asks for the beginning of the file.
   *
   * Throws `unknown-index` when there is none, `io-failure` for a host that does not answer or sends no parts of files.
   */
  static async open(url: string, signal?: AbortSignal): Promise<UrlSource> {
    const response = await request(url, { start: 0, end: headBytes }, signal)
    const bytes = readTotal(response, url)
    const head = await readBody(response, url, signal)
    if (head.length !== Math.min(headBytes, bytes)) throw cutShort(url, head.length)
    return new UrlSource(url, bytes, head, response.headers.get('etag'))
  }

  get cost(): SourceCost {
    return this.#cost
  }

  read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]> {
    return Promise.all(ranges.map((range) => this.#readRange(range, signal)))
  }

  async #readRange({ start, end }: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    const known = this.#head
    if (end <= known.length) return known.slice(start, end)
    const from = Math.max(start, Math.min(known.length, end))
    const { requests, bytes } = this.#cost
    this.#cost = { requests: requests + 1, bytes: bytes + end - from }
    const response = await request(this.#url, { start: from, end }, signal)
    const total = readTotal(response, this.#url)
    const version = response.headers.get('etag')
    if (total !== this.bytes || (version !== this.#version && version !== null)) {
      throw new OmnigramError('io-failure', `${this.#url} was replaced while it was read: open it again.`)
    }
    const tail = await readBody(response, this.#url, signal)
    if (tail.length !== end - from) throw cutShort(this.#url, tail.length)
    if (from === start) return tail
    const whole = new Uint8Array(end - start)
    whole.set(known.subarray(start, from))
    whole.set(tail, from - start)
    return whole
  }
}

async function request(url: string, { start, end }: ByteRange, signal?: AbortSignal): Promise<Response> {
  const response = await send(url, { signal, headers: { range: `bytes=${start}-${end - 1}` } })
  if (response.status === 206) return response
  await response.body?.cancel()
  throw refuse(url, response)
}

/** A small file as a whole. Throws as {@link UrlSource.open}. */
export async function fetchFile(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await send(url, { signal, cache: 'no-cache' } as RequestInit)
  if (response.ok) return readBody(response, url, signal)
  await response.body?.cancel()
  throw refuse(url, response)
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cancelled()
    throw new OmnigramError('io-failure', `${url} can't be fetched: ${String(cause)}`, { cause })
  }
}

function refuse(url: string, { status }: Response): OmnigramError {
  if (status === 404 || status === 410) return new OmnigramError('unknown-index', `There is nothing at ${url}.`)
  if (status === 200) {
    const detail = `The host of ${url} sends whole files only. Serve the index from one that answers range requests.`
    return new OmnigramError('io-failure', detail)
  }
  if (status === 416) return new OmnigramError('damaged-index', `${url} is empty, or shorter than it was.`)
  return new OmnigramError('io-failure', `The host of ${url} answers ${status}.`)
}

function readTotal(response: Response, url: string): number {
  const total = /^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]
  if (total === undefined) {
    // Another origin has to allow that the header is read.
    const detail = `The host of ${url} does not say how long the file is (Access-Control-Expose-Headers: Content-Range).`
    throw new OmnigramError('io-failure', detail)
  }
  return Number(total)
}

async function readBody(response: Response, url: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    if (signal?.aborted) throw cancelled()
    throw new OmnigramError('io-failure', `${url}: the answer broke off.`, { cause })
  }
}

function cutShort(url: string, length: number): OmnigramError {
  return new OmnigramError('io-failure', `${url}: ${length} bytes came, which is not what was asked for.`)
}
