/** How is a broker reached, and kept reaching for while it is away? */
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { OmnigramError } from '../../core/errors.js'

export type { NatsConnection }

/** How long the first connection may take. */
const firstTimeoutMs = 5_000

/**
 * Connects to `nats://[user:password@ or token@]host:port`, several with commas between. A connection that breaks is made again
 * for as long as it takes.
 *
 * Throws `unreachable-broker`.
 */
export async function connectToBroker(address: string, name: string): Promise<NatsConnection> {
  const servers = address.split(',').map((server) => server.trim())
  const urls = servers.map((server) => {
    const url = server.includes('://') ? server : `nats://${server}`
    if (URL.canParse(url)) return new URL(url)
    throw new OmnigramError('bad-argument', `${JSON.stringify(server)} is not an address such as nats://host:4222.`)
  })
  const [{ username, password }] = urls
  const login = password
    ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
    : username !== '' && { token: decodeURIComponent(username) }
  try {
    return await connect({
      servers: urls.map(({ host }) => host),
      name,
      timeout: firstTimeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      // A broker that is gone without a word is noticed in seconds.
      pingInterval: 5_000,
      maxPingOut: 2,
      ...login,
    })
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    // The address may hold a password.
    const hosts = urls.map(({ host }) => host).join(', ')
    throw new OmnigramError('unreachable-broker', `${hosts}: ${reason}.`, { cause: thrown })
  }
}
