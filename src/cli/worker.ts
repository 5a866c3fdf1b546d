/** `omnigram worker`: build shards of a plan. */
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePlan, type ShardPlan } from '../build/shard-plan.js'
import type { ShardProgress } from '../build/shard-progress.js'
import type { WorkerResources } from '../cluster/build/build-into-store.js'
import { BuildLedger } from '../cluster/build/build-ledger.js'
import { runStaticWorker } from '../cluster/build/static-worker.js'
import { openStore } from '../cluster/store/open-store.js'
import { OmnigramError } from '../core/errors.js'
import { formatCount, formatDuration } from '../core/units.js'
import { readResources } from './build.js'
import { guardPath } from './result-file.js'
import { numberFlag, textFlag, type VerbCall } from './verb.js'

const showEveryMs = 100

export async function run(call: VerbCall): Promise<number> {
  if (textFlag(call.flags, 'nats') !== undefined) return runFromQueue(call)
  const { flags, terminal } = call
  const [path, index, of] = [textFlag(flags, 'plan'), numberFlag(flags, 'index'), numberFlag(flags, 'of')]
  if (path === undefined || index === undefined || of === undefined) {
    throw new OmnigramError(
      'bad-argument',
      'Say which shards: --plan FILE --index I --of N; or who tells: --nats URL --store ADDRESS.',
    )
  }
  const plan = await readPlanFile(path)
  const report = await runStaticWorker(new BuildLedger(openStore(plan.store), plan), {
    ...readWorkerResources(call),
    onProgress: showShards(call),
    index,
    of,
    onShard: ({ shard, outcome, done, total }) => {
      if (outcome === null) return
      terminal.clearProgress()
      terminal.note(`shard ${shard} ${outcome}, ${formatCount(done)} of ${formatCount(total)}`)
    },
  })
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else {
    const { built, present, published, tookMs } = report
    const state = published ? `generation ${published.generation} is live` : 'other workers are not done'
    const done = `${formatCount(built.length)} shards built, ${formatCount(present.length)} there before`
    await terminal.writeLine(`${plan.store}: ${state}; ${done}, ${formatDuration(tookMs)}`)
  }
  return 0
}

/** Works on whatever is in the queue of a broker, until it is stopped. */
async function runFromQueue(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const [nats, address] = [textFlag(flags, 'nats'), textFlag(flags, 'store')]
  if (nats === undefined || address === undefined || textFlag(flags, 'plan') !== undefined) {
    throw new OmnigramError('bad-argument', 'A worker of a queue takes --nats URL and --store ADDRESS, and no plan.')
  }
  const [{ connectToBroker }, { NatsJobQueue }, { runQueueWorker }] = await Promise.all([
    import('../cluster/bus/nats-connection.js'),
    import('../cluster/build/nats-job-queue.js'),
    import('../cluster/build/queue-worker.js'),
  ])
  const connection = await connectToBroker(nats, 'omnigram worker')
  try {
    const queue = new NatsJobQueue(connection, { keepMs: numberFlag(flags, 'keepJob') })
    const report = await runQueueWorker(queue, openStore(address), {
      ...readWorkerResources(call),
      onProgress: showShards(call),
      signal,
      idleMs: numberFlag(flags, 'idle') ?? null,
      onEvent: ({ kind, plan, shard, detail }) => {
        terminal.note(kind === 'away' ? detail : `${plan} shard ${shard} ${kind}${detail === '' ? '' : `: ${detail}`}`)
      },
    })
    if (terminal.options.isJson) await terminal.writeJson(report)
    else await terminal.writeLine(`${formatCount(report.built)} shards built`)
    return 0
  } finally {
    await connection.close()
  }
}

/** One line for what a shard is at: at most ten a second, and one for each step. */
function showShards({ terminal }: VerbCall): (shard: number, progress: ShardProgress) => void {
  let [lastStep, stepAtMs, shownAtMs] = ['', 0, 0]
  return (shard, { step, share, sizeBytes }) => {
    const nowMs = performance.now()
    // From reading the input to the sort and on: the native core's share is one.
    const isNew = `${shard} ${step}` !== lastStep
    if (isNew && (step === 'input' || step === 'read' || step === 'upload')) stepAtMs = nowMs
    if (!isNew && nowMs - shownAtMs < showEveryMs) return
    ;[lastStep, shownAtMs] = [`${shard} ${step}`, nowMs]
    const elapsedMs = nowMs - stepAtMs
    const parts = [`${step.padEnd(8)} shard ${shard}`]
    if (share !== null && share > 0 && elapsedMs > 0) {
      parts.push(`${((share * sizeBytes) / 1_000 / elapsedMs).toFixed(1)} MB/s`)
      parts.push(`ETA ${formatDuration((elapsedMs * (1 - share)) / share)}`)
    }
    terminal.showProgress(parts.join(' · '))
  }
}

export async function readPlanFile(path: string): Promise<ShardPlan> {
  return parsePlan(String(await guardPath(path, () => readFile(path))), path)
}

/** What a worker may take of this machine. */
export function readWorkerResources({ flags, signal }: VerbCall): WorkerResources {
  const { memoryBytes, threads } = readResources(flags)
  return { scratchDir: textFlag(flags, 'scratch') ?? join(tmpdir(), 'omnigram-worker'), memoryBytes, threads, signal }
}
