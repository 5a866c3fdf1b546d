/** What is asked of a registry of traps, and what comes out? */
import { z } from 'zod'
import type { Detection } from '../../traps/detection/detect-membership.js'
import type { TrapNeighbours } from '../../traps/presence/find-neighbours.js'
import type { TrapPresence } from '../../traps/presence/measure-presence.js'
import type { SurvivalRate, TrapSurvival } from '../../traps/presence/measure-survival.js'
import type { JobProblem, JobState } from '../jobs/job.js'

export const trapTasks = ['presence', 'neighbours', 'survival', 'detection'] as const

/** What of a request decides its result, besides the upload. */
export const trapOrder = z.object({
  task: z.enum(trapTasks),
  indexes: z.array(z.string()).describe('Of `survival` the corpus before and after; of `detection` none.'),
  traps: z.number().int().min(1).describe('Lines of the registry, controls and variants among them.'),
  leaks: z.boolean().describe('Whether no trap is planned in these indexes.'),
  replaced: z.number().int().min(0).describe('Tokens that a near copy may have replaced.'),
  method: z.enum(['substring', 'line']).describe('The cleaning that is expected.'),
  substringBytes: z.number().int().min(1),
  keepsFirst: z.boolean(),
  seed: z.number().int().min(0),
})

export type TrapOrder = z.infer<typeof trapOrder>

export const trapProgress = z.object({
  index: z.string(),
  trapsDone: z.number().int().min(0),
  traps: z.number().int().min(0).describe('Traps times indexes.'),
  share: z.number().min(0).max(1).describe('Of the whole work.'),
  trapsPerSecond: z.number().min(0),
  etaMs: z.number().min(0).nullable(),
})

export type TrapProgress = z.infer<typeof trapProgress>

/** Ids of traps, never their texts. */
export type TrapResult =
  | { readonly task: 'presence'; readonly rows: readonly TrapPresence[] }
  | { readonly task: 'neighbours'; readonly rows: readonly TrapNeighbours[] }
  | { readonly task: 'survival'; readonly rates: readonly SurvivalRate[]; readonly rows: readonly TrapSurvival[] }
  | { readonly task: 'detection'; readonly detections: readonly Detection[] }

export interface TrapJob {
  readonly id: string
  readonly account: string
  readonly order: TrapOrder
  readonly state: JobState
  readonly progress: TrapProgress | null
  readonly problem: JobProblem | null
  readonly result: TrapResult | null
  readonly createdMs: number
  readonly endedMs: number | null
  readonly expiresMs: number
}
