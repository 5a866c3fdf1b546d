/** Who may come in, and how much may they have? What every resource passes before it works. */
import type { Request, Response } from 'express'
import { OmnigramError } from '../core/errors.js'
import { type ApiKeys, anonymous, type Client, makePublicClient, type Scope } from './guards/api-keys.js'
import { InFlight } from './guards/in-flight.js'
import { groupAddress, RateLimit } from './guards/rate-limit.js'
import type { ApiOptions } from './options.js'

/** Wrong keys that one address may send in a minute. */
const guessLimit = { points: 20, windowSeconds: 60 }

/** An upload is in memory as a whole. */
const maxUploads = 4
const maxWatchers = 256

export interface Visitor {
  readonly client: Client
  /** By what the rate limit knows them. */
  readonly account: string
}

export class Gate {
  readonly inFlight: InFlight
  readonly exports: InFlight
  /** Files that are taken in. */
  readonly uploads: InFlight
  /** Clients that follow something. */
  readonly watchers: InFlight
  readonly #apiKeys: ApiKeys | null
  readonly #rateLimit: RateLimit | null
  /** Who comes without a key, where that is allowed. */
  readonly #public: Client | null
  readonly #guesses = new RateLimit(guessLimit)

  constructor({ maxInFlight, maxExports, apiKeys, publicScopes, rateLimit }: ApiOptions) {
    this.inFlight = new InFlight(maxInFlight, 'requests')
    this.exports = new InFlight(maxExports, 'exports')
    this.uploads = new InFlight(maxUploads, 'uploads')
    this.watchers = new InFlight(maxWatchers, 'watchers')
    this.#apiKeys = apiKeys
    this.#public = publicScopes.length > 0 ? makePublicClient(publicScopes) : null
    this.#rateLimit = rateLimit && new RateLimit(rateLimit)
  }

  /** Who comes without a key; null where nobody may. */
  get visitor(): Client | null {
    return this.#apiKeys ? this.#public : anonymous
  }

  /** Throws `unauthorized`, `forbidden` and `rate-limited`. */
  async admit(request: Request, response: Response, scope: Scope): Promise<Visitor> {
    const client = await this.#identify(request, response)
    this.requireScope(client, scope)
    const account = client.isKey ? `key ${client.id}` : groupAddress(request.ip)
    const visitor = { client, account }
    await this.spend(visitor, 1, response)
    return visitor
  }

  /** Takes points for what the request turned out to cost. */
  async spend({ account }: Visitor, cost: number, response: Response): Promise<void> {
    if (cost > 0) await this.#rateLimit?.spend(account, cost, response)
  }

  requireScope(client: Client, scope: Scope): void {
    if (!client.hasScope(scope)) throw new OmnigramError('forbidden', `It needs the scope '${scope}'.`)
  }

  async #identify(request: Request, response: Response): Promise<Client> {
    if (!this.#apiKeys) return anonymous
    if (this.visitor && request.headers.authorization === undefined) return this.visitor
    try {
      return this.#apiKeys.identify(request.headers.authorization)
    } catch (error) {
      await this.#guesses.spend(groupAddress(request.ip), 1, response)
      throw error
    }
  }
}
