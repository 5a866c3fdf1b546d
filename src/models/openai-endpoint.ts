/** What does a language model behind an OpenAI-compatible endpoint answer? */
import { setTimeout as sleep } from 'node:timers/promises'
import { OmnigramError } from '../core/errors.js'

export interface EndpointOptions {
  /** The base that `/chat/completions` is below, such as `http://127.0.0.1:8000/v1`. */
  readonly url: string
  readonly model: string
  readonly apiKey?: string
  /** Of one attempt. Default: 60,000. */
  readonly timeoutMs?: number
  /** Default: 4. */
  readonly attempts?: number
}

export interface ChatMessage {
  readonly role: 'system' | 'user'
  readonly content: string
}

export interface ChatOptions {
  readonly maxTokens: number
  readonly signal?: AbortSignal
}

/** A token of a prompt. */
export interface EchoedToken {
  /** In characters of the prompt, as the endpoint counts them. */
  readonly startOffset: number
  readonly logProbability: number | null
}

interface EchoAnswer {
  readonly choices?: readonly {
    readonly logprobs?: { readonly token_logprobs?: unknown; readonly text_offset?: unknown }
  }[]
}

/** An answer is a few sentences; what is longer is no answer. */
const maxAnswerBytes = 1024 * 1024
const firstWaitMs = 500
const longestWaitMs = 30_000

/** One model of an endpoint. The key goes into the request's header and nowhere else, no message included. */
export class OpenAiEndpoint {
  readonly model: string
  readonly #url: string
  readonly #apiKey: string | undefined
  readonly #timeoutMs: number
  readonly #attempts: number

  /** Throws `bad-argument` for an address that is not HTTP. */
  constructor({ url, model, apiKey, timeoutMs = 60_000, attempts = 4 }: EndpointOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new OmnigramError('bad-argument', `${JSON.stringify(url)} is not the address of an endpoint.`)
    }
    this.model = model
    this.#url = url.replace(/\/+$/, '')
    this.#apiKey = apiKey
    this.#timeoutMs = timeoutMs
    this.#attempts = attempts
  }

  /**
   * The model's answer, sampled at temperature 0. Asked again after a while when the endpoint is busy or does not answer.
   *
   * Throws `model-failure` when it goes on so, refuses, or answers in another form; `cancelled` on the signal.
   */
  async chat(messages: readonly ChatMessage[], { maxTokens, signal }: ChatOptions): Promise<string> {
    const body = { model: this.model, messages, max_tokens: maxTokens, temperature: 0 }
    const answer = await this.#post('/chat/completions', body, signal)
    const content = (answer as { choices?: { message?: { content?: unknown } }[] } | null)?.choices?.[0]?.message
      ?.content
    if (typeof content === 'string') return content
    throw this.#failure('it holds no message')
  }

  /**
   * Tokens of a text by the endpoint's own tokenizer, with their log-probabilities, by the completions that echo their prompt. The first
   * token's is null: nothing stands before it.
   *
   * Throws as {@link OpenAiEndpoint.chat}; an endpoint that echoes nothing answers in another form.
   */
  async scoreText(text: string, signal?: AbortSignal): Promise<EchoedToken[]> {
    const { probabilities, offsets } = await this.#echo(text, signal)
    if (!Array.isArray(offsets) || probabilities.length !== offsets.length) {
      throw this.#failure('it does not tell where the tokens of a prompt begin')
    }
    return offsets.map((offset: unknown, at) => {
      if (typeof offset !== 'number') throw this.#failure('an offset in its answer is none')
      return { startOffset: offset, logProbability: probabilities[at] ?? null }
    })
  }

  /**
   * Log-probabilities of tokens by their ids, of which the first one's is null, as {@link OpenAiEndpoint.scoreText}: for whoever has the
   * tokenizer of the endpoint's model. At least one id.
   */
  async scoreIds(ids: Uint32Array, signal?: AbortSignal): Promise<(number | null)[]> {
    const { probabilities } = await this.#echo([...ids], signal)
    if (probabilities.length === ids.length) return probabilities
    throw this.#failure(`it echoes ${probabilities.length} tokens of ${ids.length}`)
  }

  async #echo(prompt: string | number[], signal: AbortSignal | undefined) {
    const body = { model: this.model, prompt, max_tokens: 0, temperature: 0, echo: true, logprobs: 0 }
    const answer = (await this.#post('/completions', body, signal)) as EchoAnswer | null
    const { token_logprobs: found, text_offset: offsets } = answer?.choices?.[0]?.logprobs ?? {}
    if (!Array.isArray(found)) throw this.#failure('it does not echo the log-probabilities of a prompt')
    const probabilities = found.map((probability: unknown, at) => {
      if (typeof probability === 'number' && probability <= 0) return probability
      if (at === 0 && probability === null) return null
      throw this.#failure('a log-probability in its answer is none')
    })
    return { probabilities, offsets }
  }

  async #post(path: string, body: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#try(path, body, signal)
      if (signal?.aborted) throw new OmnigramError('cancelled', 'The language model was no longer waited for.')
      if ('answer' in outcome) return outcome.answer
      if (!outcome.isPassing || attempt === this.#attempts) throw this.#failure(outcome.reason, outcome.cause)
      const waitMs = Math.min(longestWaitMs, Math.max(outcome.waitMs, firstWaitMs * 2 ** (attempt - 1)))
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #try(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    try {
      const response = await fetch(this.#url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.#apiKey !== undefined && { authorization: `Bearer ${this.#apiKey}` }),
        },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      const text = await readBounded(response)
      if (response.ok) return readJson(text)
      const waitMs = 1_000 * (Number(response.headers.get('retry-after')) || 0)
      const isPassing = response.status === 429 || response.status >= 500
      return { reason: `it answered with status ${response.status}`, isPassing, waitMs }
    } catch (error) {
      const reason = timeout.aborted ? `it did not answer in ${this.#timeoutMs} ms` : describeCause(error)
      return { reason, isPassing: true, waitMs: 0, cause: error }
    }
  }

  #failure(reason: string, cause?: unknown): OmnigramError {
    return new OmnigramError('model-failure', `${this.model} at ${new URL(this.#url).host}: ${reason}.`, { cause })
  }
}

type Outcome =
  | { readonly answer: unknown }
  | { readonly reason: string; readonly isPassing: boolean; readonly waitMs: number; readonly cause?: unknown }

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxAnswerBytes) throw new Error(`the answer has more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function readJson(text: string): Outcome {
  try {
    return { answer: JSON.parse(text) }
  } catch (cause) {
    return { reason: 'the answer is not JSON', isPassing: false, waitMs: 0, cause }
  }
}

/** `fetch failed` says nothing; what it was caused by does. */
function describeCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
