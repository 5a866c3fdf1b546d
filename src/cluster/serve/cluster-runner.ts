/** Who does the tasks of a shard that other machines hold? One of the servers that hold it, or another when that one does not. */
import { type ErrorCode, OmnigramError, toOmnigramError } from '../../core/errors.js'
import type { QueryCall } from '../../query/query-call.js'
import type { ShardFile } from '../../query/shard-file.js'
import type { ShardRunner, TaskLane } from '../../query/shard-runner.js'
import type { TaskInput, TaskName, TaskResult } from '../../query/shard-task.js'
import type { Fleet } from './fleet.js'
import { HedgePolicy } from './hedge-policy.js'
import { ReplicaChooser } from './replica-chooser.js'
import { type AttemptOutcome, type RequestStep, ShardRequest } from './shard-request.js'
import type { TaskBus } from './task-bus.js'
import { mayOthersDo, packRequest, type TaskRequest, unpackReply } from './task-message.js'

/** Servers that are asked for one task at most. */
const maxAttempts = 3

/** Tasks under way at one time; more are refused as `overloaded`. */
const maxInFlight = 8_192

/** For `/metrics`. */
export interface RunnerStatistics {
  readonly requests: number
  /** Second requests because the first was slow. */
  readonly hedges: number
  /** Requests to another server after a failure. */
  readonly retries: number
  readonly failures: number
  readonly inFlight: number
}

/** What all generations of a router share. */
export class ClusterRouting {
  readonly chooser = new ReplicaChooser()
  readonly hedging = new HedgePolicy()
  readonly #underWay = new Map<string, Set<() => void>>()
  requests = 0
  hedges = 0
  retries = 0
  failures = 0
  inFlight = 0

  constructor(
    readonly bus: TaskBus,
    readonly fleet: Fleet,
  ) {}

  statistics(): RunnerStatistics {
    const { requests, hedges, retries, failures, inFlight } = this
    return { requests, hedges, retries, failures, inFlight }
  }

  /** Calls `end` when the server turns out to be gone. Returns what takes it off. */
  onGone(server: string, end: () => void): () => void {
    const ends = this.#underWay.get(server) ?? new Set()
    ends.add(end)
    this.#underWay.set(server, ends)
    return () => ends.delete(end)
  }

  /** What was asked of a server that is gone is asked of another. */
  drop(server: string): void {
    const ends = this.#underWay.get(server)
    this.#underWay.delete(server)
    this.chooser.forget(server)
    for (const end of ends ?? []) end()
  }
}

export class ClusterRunner implements ShardRunner {
  readonly #routing: ClusterRouting
  readonly #manifestSha256: string
  readonly #shardOf: (file: ShardFile) => number

  /** Of one generation; `shardOf` says which of its shards a file stands for. */
  constructor(routing: ClusterRouting, manifestSha256: string, shardOf: (file: ShardFile) => number) {
    this.#routing = routing
    this.#manifestSha256 = manifestSha256
    this.#shardOf = shardOf
  }

  async run<Name extends TaskName>(
    file: ShardFile,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
    lane: TaskLane,
  ): Promise<TaskResult<Name>> {
    return (await this.ask(this.#shardOf(file), name, input, call, lane)) as TaskResult<Name>
  }

  forget(): void {}

  async close(): Promise<void> {}

  /** Throws `incomplete-answer` when no server could do it, what a server refused it with, and why the call ended. */
  async ask(
    shard: number,
    name: TaskRequest['name'],
    input: unknown,
    call: QueryCall,
    lane: TaskLane,
  ): Promise<unknown> {
    const routing = this.#routing
    call.check()
    if (routing.inFlight >= maxInFlight) {
      throw new OmnigramError('overloaded', `${routing.inFlight} tasks are under way already.`)
    }
    const manifestSha256 = this.#manifestSha256
    const kind = `${name} ${shard}`
    routing.inFlight += 1
    routing.requests += 1
    routing.hedging.began()
    const request = new ShardRequest<unknown>({
      choose: (excluded) => routing.chooser.choose(routing.fleet.holdersOf(manifestSha256, shard), excluded),
      hedgeAfterMs: routing.hedging.delayMs(kind),
      // Asked once for each shard of a generation: a router would not start for a server that does not answer.
      mayHedge: () => name === 'describe' || routing.hedging.spend(),
      maxAttempts,
      nobody: () => new OmnigramError('unreachable-server', 'no server holds it'),
    })
    const attempt = new TaskAttempts(request, routing, kind, (deadlineMs) =>
      packRequest({ manifestSha256, shard, name, input, deadlineMs, lane }),
    )
    try {
      const outcome = await attempt.run(call)
      if (outcome.kind === 'answer') return outcome.answer
      if (outcome.kind === 'refusal') throw outcome.reason
      routing.failures += 1
      const { code, detail } = toOmnigramError(outcome.reason)
      // Work that is refused for want of room says nothing of a missing shard.
      if (code === 'overloaded') throw outcome.reason
      throw new OmnigramError('incomplete-answer', `Shard ${shard}: ${detail}`, { cause: outcome.reason })
    } finally {
      routing.inFlight -= 1
    }
  }
}

/** Carries out the steps of one request. */
class TaskAttempts {
  readonly #request: ShardRequest<unknown>
  readonly #routing: ClusterRouting
  readonly #kind: string
  readonly #pack: (deadlineMs: number | null) => Uint8Array
  readonly #stops = new Map<number, AbortController>()
  #timer: NodeJS.Timeout | undefined
  #settle: (outcome: AttemptOutcome<unknown>) => void = () => undefined
  #sends = 0

  constructor(
    request: ShardRequest<unknown>,
    routing: ClusterRouting,
    kind: string,
    pack: (deadlineMs: number | null) => Uint8Array,
  ) {
    this.#request = request
    this.#routing = routing
    this.#kind = kind
    this.#pack = pack
  }

  /** Throws why the call ended, if it did. */
  run(call: QueryCall): Promise<AttemptOutcome<unknown>> {
    return new Promise((resolve, reject) => {
      const takeOff = call.onEnd((reason) => {
        this.#follow(this.#request.onCancel(), call)
        clearTimeout(this.#timer)
        reject(reason)
      })
      this.#settle = (outcome) => {
        clearTimeout(this.#timer)
        takeOff()
        resolve(outcome)
      }
      this.#follow(this.#request.start(), call)
    })
  }

  #follow(steps: readonly RequestStep<unknown>[], call: QueryCall): void {
    for (const step of steps) {
      if (step.kind === 'send') void this.#send(step.attempt, step.server, call)
      else if (step.kind === 'cancel')
        this.#stops.get(step.attempt)?.abort(new OmnigramError('cancelled', 'Not needed.'))
      else if (step.kind === 'settle') this.#settle(step.outcome)
      else this.#timer = setTimeout(() => this.#hedge(call), step.afterMs)
    }
  }

  #hedge(call: QueryCall): void {
    const steps = this.#request.onWaited()
    if (steps.some(({ kind }) => kind === 'send')) {
      this.#routing.hedges += 1
      this.#sends += 1
    }
    this.#follow(steps, call)
  }

  async #send(attempt: number, server: string, call: QueryCall): Promise<void> {
    const { chooser, hedging, bus } = this.#routing
    if (attempt > this.#sends) {
      this.#routing.retries += 1
      this.#sends = attempt
    }
    const stop = new AbortController()
    this.#stops.set(attempt, stop)
    const takeOff = this.#routing.onGone(server, () => {
      stop.abort(new OmnigramError('unreachable-server', `Shard server ${server} is gone.`))
    })
    const startedAtMs = performance.now()
    chooser.began(server)
    try {
      const reply = unpackReply(await bus.ask(server, this.#pack(call.leftMs), stop.signal))
      const timeMs = performance.now() - startedAtMs
      if (reply.isDone) {
        chooser.answered(server, timeMs)
        hedging.answered(this.#kind, timeMs)
        this.#follow(this.#request.onOutcome(attempt, { kind: 'answer', answer: reply.result }), call)
        return
      }
      const reason = new OmnigramError(reply.code, reply.detail)
      if (isServersFault(reply.code)) chooser.failed(server)
      else chooser.answered(server, timeMs)
      const kind = mayOthersDo(reply.code) ? 'failure' : 'refusal'
      this.#follow(this.#request.onOutcome(attempt, { kind, reason }), call)
    } catch (thrown) {
      const reason = toOmnigramError(thrown)
      if (reason.code === 'cancelled') chooser.dropped(server, performance.now() - startedAtMs)
      else chooser.failed(server)
      // Known before it has been silent for long: else the dead use up the tries. If it lives, it says so in a second.
      if (reason.code === 'unreachable-server') this.#routing.fleet.forget(server)
      this.#follow(this.#request.onOutcome(attempt, { kind: 'failure', reason }), call)
    } finally {
      takeOff()
      this.#stops.delete(attempt)
    }
  }
}

function isServersFault(code: ErrorCode): boolean {
  return mayOthersDo(code) && code !== 'overloaded'
}
