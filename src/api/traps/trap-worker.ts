/** What is in an upload of traps, and what do their scores say? Read and computed in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { type Detection, detectMembership } from '../../traps/detection/detect-membership.js'
import { parseScores } from '../../traps/detection/score-file.js'
import { parseRegistry, type Trap } from '../../traps/trap.js'
import type { ThreadFailure } from '../jobs/run-in-thread.js'

export interface TrapUploadTask {
  readonly file: Uint8Array
  /** `count` and `read` refuse scores; `count-scored` and `detect` need them. */
  readonly want: 'count' | 'count-scored' | 'read' | 'detect'
  readonly seed: number
}

export interface TrapUploadReply {
  /** Lines of the registry. */
  readonly count: number
  /** Of `read`. */
  readonly traps: readonly Trap[]
  /** Of `detect`. */
  readonly detections: readonly Detection[]
}

/** Lines of a registry, and behind them lines of scores: these have a field `trap`. Errors name the line of the upload. */
function workOn({ file, want, seed }: TrapUploadTask): TrapUploadReply {
  const lines = decode(file).split('\n')
  const isScore = lines.map((line) => /^\s*\{\s*"trap"\s*:/.test(line))
  const keep = (wanted: boolean) => lines.map((line, at) => (isScore[at] === wanted ? line : '')).join('\n')
  const traps = parseRegistry(keep(false), 'upload')
  if (traps.length === 0) throw new OmnigramError('bad-registry', 'There is no trap in it.')
  if (traps.length > limits.trapUploadTraps) {
    const detail = `The upload holds ${traps.length} traps, the limit is ${limits.trapUploadTraps}.`
    throw new OmnigramError('bad-registry', detail)
  }
  for (const { id, text } of traps) {
    if (text.length <= limits.trapUnits && id.length <= limits.trapIdUnits) continue
    const most = `${limits.trapUnits} UTF-16 units, its id ${limits.trapIdUnits}`
    throw new OmnigramError('bad-registry', `${id.slice(0, 100)}: the text of a trap has at most ${most}.`)
  }
  const isScored = want === 'count-scored' || want === 'detect'
  if (!isScored && isScore.includes(true)) {
    throw new OmnigramError('bad-registry', 'There are lines of scores in it: these are for a detection alone.')
  }
  const scores = isScored ? parseScores(keep(true), 'upload') : new Map()
  if (isScored && scores.size === 0)
    throw new OmnigramError('bad-registry', 'Behind the traps there are no lines of scores.')
  const detections = want === 'detect' ? detectMembership(traps, scores, seed) : []
  return { count: traps.length, traps: want === 'read' ? traps : [], detections }
}

function decode(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch (error) {
    throw new OmnigramError('bad-registry', 'The upload is not UTF-8.', { cause: error })
  }
}

function answer(task: TrapUploadTask): TrapUploadReply | ThreadFailure {
  try {
    return workOn(task)
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    return { code, detail }
  }
}

if (parentPort) parentPort.postMessage(answer(workerData as TrapUploadTask))
