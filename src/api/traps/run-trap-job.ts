/** How is a job on traps done? As on the command line, over the indexes that are served. */
import { OmnigramError } from '../../core/errors.js'
import { findNeighbours } from '../../traps/presence/find-neighbours.js'
import { measurePresence } from '../../traps/presence/measure-presence.js'
import { measureSurvival, summarizeSurvival } from '../../traps/presence/measure-survival.js'
import type { RunJob } from '../jobs/job-runner.js'
import { runInThread } from '../jobs/run-in-thread.js'
import type { ServedIndexes } from '../served-indexes.js'
import type { TrapOrder, TrapProgress, TrapResult } from './trap-job.js'
import type { TrapUploadReply, TrapUploadTask } from './trap-worker.js'

export type RunTrapJob = RunJob<TrapOrder, TrapProgress, TrapResult>

/** Near copies that are named of one trap in one index; the histogram counts all. */
const namedNeighbours = 100

export function readTraps(task: TrapUploadTask, signal: AbortSignal): Promise<TrapUploadReply> {
  return runInThread<TrapUploadReply>({ worker: 'traps/trap-worker.js', data: task, heapCode: 'bad-registry' }, signal)
}

/** Works on the live generations of `indexes`. */
export function makeRunTrapJob(indexes: ServedIndexes): RunTrapJob {
  return async (order, file, signal, onProgress) => {
    const { task, seed } = order
    if (task === 'detection') {
      const { detections } = await readTraps({ file, want: 'detect', seed }, signal)
      return { task, detections }
    }
    const { traps } = await readTraps({ file, want: 'read', seed }, signal)
    const readers = order.indexes.map((name) => indexes.open(name))
    const onTrap = makeMeter(onProgress)
    switch (task) {
      case 'presence':
        return { task, rows: await measurePresence(readers, traps, { isLeakWatch: order.leaks, signal, onTrap }) }
      case 'neighbours': {
        const rows = await findNeighbours(readers, traps, { replaced: order.replaced, signal, onTrap })
        return {
          task,
          rows: rows.map((row) => ({ ...row, neighbours: row.neighbours.slice(0, namedNeighbours) })),
        }
      }
      case 'survival': {
        const [before, after] = readers
        if (!before || !after) throw new OmnigramError('internal', 'A survival was ordered without two indexes.')
        const onTrapOf = (done: number, of: number) => onTrap(before.name, done, of)
        const rows = await measureSurvival(before, after, traps, { ...order, signal, onTrap: onTrapOf })
        return { task, rates: summarizeSurvival(rows), rows }
      }
    }
  }
}

function makeMeter(onProgress: (progress: TrapProgress) => void) {
  const startMs = performance.now()
  return (index: string, trapsDone: number, traps: number) => {
    const seconds = (performance.now() - startMs) / 1_000
    const trapsPerSecond = trapsDone / Math.max(seconds, 0.001)
    const etaMs = (1_000 * (traps - trapsDone)) / trapsPerSecond
    onProgress({ index, trapsDone, traps, share: trapsDone / Math.max(1, traps), trapsPerSecond, etaMs })
  }
}
