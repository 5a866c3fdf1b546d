/** How do NATS messages carry tasks? One subject a server, one inbox a router, and a word when nobody waits any more. */
import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node'
import { OmnigramError } from '../../core/errors.js'
import type { NatsConnection } from '../bus/nats-connection.js'
import { MessageParts, splitMessage } from './message-parts.js'
import type { HandleTask, TaskBus } from './task-bus.js'

const taskSubject = 'omnigram.task'
const cancelSubject = 'omnigram.cancel'

/** What the broker answers itself where nobody listens to a subject. */
const nobodyStatus = 503

interface PendingTask {
  readonly server: string
  readonly parts: MessageParts
  readonly resolve: (answer: Uint8Array) => void
  readonly reject: (error: Error) => void
}

export class NatsTaskBus implements TaskBus {
  readonly #connection: NatsConnection
  readonly #inbox = createInbox()
  readonly #pending = new Map<string, PendingTask>()
  readonly #subscription: Subscription
  #asked = 0
  #isConnected = true

  constructor(connection: NatsConnection) {
    this.#connection = connection
    this.#subscription = connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#receive(message)
      },
    })
    void this.#watch()
  }

  ask(server: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const reply = `${this.#inbox}.${this.#asked++}`
    return new Promise<Uint8Array>((resolve, reject) => {
      const cancel = () => {
        this.#pending.delete(reply)
        this.#say(() => this.#connection.publish(`${cancelSubject}.${server}`, reply))
        reject(signal.reason)
      }
      if (signal.aborted) return reject(signal.reason)
      if (!this.#isConnected) return reject(awayError('the connection is broken'))
      signal.addEventListener('abort', cancel, { once: true })
      const takeOff = () => signal.removeEventListener('abort', cancel)
      const settle = (end: () => void) => {
        takeOff()
        this.#pending.delete(reply)
        end()
      }
      this.#pending.set(reply, {
        server,
        parts: new MessageParts(),
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      })
      try {
        for (const { part, partHeaders } of splitMessage(request)) {
          this.#connection.publish(`${taskSubject}.${server}`, part, { reply, headers: partHeaders })
        }
      } catch (thrown) {
        this.#pending.get(reply)?.reject(awayError(thrown))
      }
    })
  }

  close(): void {
    this.#subscription.unsubscribe()
    for (const task of [...this.#pending.values()]) task.reject(awayError('the router is closed'))
  }

  #receive(message: Msg): void {
    const task = this.#pending.get(message.subject)
    if (!task) return
    if (message.headers?.code === nobodyStatus) {
      task.reject(new OmnigramError('unreachable-server', `Nobody answers as shard server ${task.server}.`))
      return
    }
    const answer = task.parts.add(message.data, message.headers)
    if (answer) task.resolve(answer)
  }

  /** Answers to what was asked before a connection broke do not come any more. */
  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type !== 'disconnect' && type !== 'reconnect') continue
      this.#isConnected = type === 'reconnect'
      for (const task of [...this.#pending.values()]) task.reject(awayError('the connection broke'))
    }
  }

  #say(publish: () => void): void {
    try {
      publish()
    } catch {
      // A server that does not hear of a cancel works for nobody, no more.
    }
  }
}

function awayError(thrown: unknown): OmnigramError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new OmnigramError('unreachable-broker', `${reason}.`)
}

/** Messages whose other parts never come are let go when there are more than so many. */
const maxUnfinished = 256

/** Answers what is asked of `server`, until the returned function is called. */
export function serveTasks(connection: NatsConnection, server: string, handle: HandleTask): () => void {
  const running = new Map<string, AbortController>()
  const unfinished = new Map<string, MessageParts>()
  const answer = async (reply: string, request: Uint8Array) => {
    const stop = new AbortController()
    running.set(reply, stop)
    try {
      const result = await handle(request, stop.signal)
      if (stop.signal.aborted || connection.isClosed()) return
      for (const { part, partHeaders } of splitMessage(result)) {
        connection.publish(reply, part, { headers: partHeaders })
      }
    } finally {
      running.delete(reply)
    }
  }
  const tasks = connection.subscribe(`${taskSubject}.${server}`, {
    callback: (error, { reply, data, headers: partHeaders }) => {
      if (error !== null || !reply) return
      const parts = unfinished.get(reply) ?? new MessageParts()
      const request = parts.add(data, partHeaders)
      if (request) {
        unfinished.delete(reply)
        void answer(reply, request)
        return
      }
      unfinished.set(reply, parts)
      const [oldest] = unfinished.keys()
      if (unfinished.size > maxUnfinished) unfinished.delete(oldest)
    },
  })
  const cancels = connection.subscribe(`${cancelSubject}.${server}`, {
    callback: (error, message) => {
      if (error === null) running.get(message.string())?.abort()
    },
  })
  return () => {
    tasks.unsubscribe()
    cancels.unsubscribe()
    for (const stop of running.values()) stop.abort()
  }
}
