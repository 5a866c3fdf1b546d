/** Which of the servers that hold a shard is asked? The better of two at random, by how fast each was and how much it has to do. */

interface ServerState {
  /** Moving average of the time to an answer, as of `learntAtMs`. */
  averageMs: number
  learntAtMs: number
  inFlight: number
  /** Failures since the last answer. */
  failures: number
  /** Sits out until then. */
  restsUntilMs: number
}

/** Weight of the newest time in the average. */
const newestShare = 0.2
/** Failures in a row after which a server sits out. */
const failuresToRest = 5
const restMs = 10_000
/** What is known of a server counts half after so long: one that was slow is tried again some time. */
const halfLifeMs = 10_000

export interface ChooserSeams {
  readonly now: () => number
  /** In 0..1. */
  readonly random: () => number
}

const localSeams: ChooserSeams = { now: () => performance.now(), random: Math.random }

/**
 * Two choices instead of the best one keep many routers from going to the same server (Mitzenmacher 2001,
 * doi:10.1109/71.963420). A server that failed several times in a row rests, then gets one request to show itself.
 */
export class ReplicaChooser {
  readonly #states = new Map<string, ServerState>()
  readonly #seams: ChooserSeams

  constructor(seams: ChooserSeams = localSeams) {
    this.#seams = seams
  }

  /** Null when there is none. One that rests is asked where no other is left. */
  choose(servers: readonly string[], excluded: ReadonlySet<string> = new Set()): string | null {
    const left = servers.filter((server) => !excluded.has(server))
    const awake = left.filter((server) => !this.#rests(server))
    const candidates = awake.length > 0 ? awake : left
    if (candidates.length < 2) return candidates[0] ?? null
    const first = this.#pick(candidates)
    const second = this.#pick(candidates.filter((server) => server !== first))
    return this.#load(first) <= this.#load(second) ? first : second
  }

  began(server: string): void {
    this.#stateOf(server).inFlight += 1
  }

  /**
   * Nobody wants the answer any more. It would have taken `waitedMs` at least: else one that never answers would look like
   * the fastest of all.
   */
  dropped(server: string, waitedMs: number): void {
    const state = this.#leave(server)
    if (waitedMs > this.#averageMs(state)) this.#learn(state, waitedMs)
  }

  answered(server: string, timeMs: number): void {
    const state = this.#leave(server)
    this.#learn(state, timeMs)
    state.failures = 0
  }

  failed(server: string): void {
    const state = this.#leave(server)
    state.failures += 1
    if (state.failures >= failuresToRest) state.restsUntilMs = this.#seams.now() + restMs
  }

  /** A server that is gone for good. */
  forget(server: string): void {
    this.#states.delete(server)
  }

  #rests(server: string): boolean {
    const state = this.#states.get(server)
    if (!state || state.failures < failuresToRest) return false
    // After its rest, one request at a time.
    return this.#seams.now() < state.restsUntilMs || state.inFlight > 0
  }

  #load(server: string): number {
    const state = this.#stateOf(server)
    return this.#averageMs(state) * (state.inFlight + 1)
  }

  #averageMs({ averageMs, learntAtMs }: ServerState): number {
    return averageMs * 2 ** ((learntAtMs - this.#seams.now()) / halfLifeMs)
  }

  #learn(state: ServerState, timeMs: number): void {
    const averageMs = this.#averageMs(state)
    state.averageMs = averageMs === 0 ? timeMs : averageMs + newestShare * (timeMs - averageMs)
    state.learntAtMs = this.#seams.now()
  }

  #pick(servers: readonly string[]): string {
    return servers[Math.min(servers.length - 1, Math.floor(this.#seams.random() * servers.length))]
  }

  #leave(server: string): ServerState {
    const state = this.#stateOf(server)
    state.inFlight = Math.max(0, state.inFlight - 1)
    return state
  }

  #stateOf(server: string): ServerState {
    const known = this.#states.get(server)
    if (known) return known
    const state = { averageMs: 0, learntAtMs: this.#seams.now(), inFlight: 0, failures: 0, restsUntilMs: 0 }
    this.#states.set(server, state)
    return state
  }
}
