/** `omnigram cluster build`: hand the shards of a plan to workers. */

import { BuildLedger } from '../cluster/build/build-ledger.js'
import { NatsJobQueue } from '../cluster/build/nats-job-queue.js'
import { dispatchBuild } from '../cluster/build/reconcile-build.js'
import { connectToBroker } from '../cluster/bus/nats-connection.js'
import { openStore } from '../cluster/store/open-store.js'
import { OmnigramError } from '../core/errors.js'
import { formatCount, formatDuration } from '../core/units.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'
import { readPlanFile } from './worker.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const nats = textFlag(flags, 'nats')
  if (nats === undefined) throw new OmnigramError('bad-argument', 'Say where the broker is: --nats URL.')
  const plan = await readPlanFile(textArg(call, 0))
  const ledger = new BuildLedger(openStore(plan.store), plan)
  const connection = await connectToBroker(nats, 'omnigram cluster build')
  const startedAtMs = performance.now()
  let doneAtFirst: number | null = null
  try {
    const queue = new NatsJobQueue(connection, { keepMs: numberFlag(flags, 'keepJob') })
    const published = await dispatchBuild(ledger, queue, {
      signal,
      repeatMs: 2 * queue.keepMs,
      onProgress: ({ done, failed, shards, away }) => {
        doneAtFirst ??= done
        const tookMs = performance.now() - startedAtMs
        const parts = [`build   ${formatCount(done)} of ${formatCount(shards)} shards`]
        if (failed > 0) parts.push(`${formatCount(failed)} failed`)
        if (done > doneAtFirst) {
          const shardMs = tookMs / (done - doneAtFirst)
          parts.push(
            `${((3_600_000 / shardMs) | 0).toString()} an hour`,
            `ETA ${formatDuration(shardMs * (shards - done))}`,
          )
        }
        if (away !== null) parts.push(away)
        terminal.showProgress(parts.join(' · '))
      },
    })
    terminal.clearProgress()
    const tookMs = performance.now() - startedAtMs
    if (terminal.options.isJson)
      await terminal.writeJson({ plan: ledger.name, store: plan.store, ...published, tookMs })
    else
      await terminal.writeLine(`${plan.store}: generation ${published.generation} is live, ${formatDuration(tookMs)}`)
    return 0
  } finally {
    await connection.close()
  }
}
