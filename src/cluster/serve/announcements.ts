/** How do servers tell routers what they hold, and how does a new router hear of it at once? */
import type { NatsConnection } from '../bus/nats-connection.js'
import { type Announcement, announceEveryMs, type Fleet } from './fleet.js'

const heldSubject = 'omnigram.held'
const whoSubject = 'omnigram.who'

/** Says it every second and when somebody asks; once more with nothing when it ends. Returns what ends it. */
export function announce(connection: NatsConnection, describe: () => Announcement): () => void {
  const say = (announcement: Announcement) => {
    try {
      connection.publish(heldSubject, JSON.stringify(announcement))
    } catch {
      // The connection is being closed, or made again: the next second will do.
    }
  }
  const timer = setInterval(() => say(describe()), announceEveryMs).unref()
  const questions = connection.subscribe(whoSubject, { callback: () => say(describe()) })
  say(describe())
  return () => {
    clearInterval(timer)
    questions.unsubscribe()
    say({ ...describe(), generations: [] })
  }
}

/** Lets the fleet hear of all servers. Returns what ends it. */
export function listen(connection: NatsConnection, fleet: Fleet): () => void {
  const subscription = connection.subscribe(heldSubject, {
    callback: (error, message) => {
      const announcement = error === null ? readAnnouncement(message.string()) : null
      if (announcement) fleet.hear(announcement)
    },
  })
  const timer = setInterval(() => fleet.expire(), announceEveryMs).unref()
  connection.publish(whoSubject)
  return () => {
    clearInterval(timer)
    subscription.unsubscribe()
  }
}

/** Null for what is none. */
export function readAnnouncement(text: string): Announcement | null {
  try {
    const { server, generations } = JSON.parse(text) as Announcement
    if (typeof server !== 'string' || !/^[A-Za-z0-9_-]{1,128}$/.test(server)) return null
    const isHeld = generations.every(
      ({ manifestSha256, shards }) =>
        /^[0-9a-f]{64}$/.test(manifestSha256) && shards.every((shard) => Number.isSafeInteger(shard)),
    )
    return isHeld ? { server, generations } : null
  } catch {
    return null
  }
}
