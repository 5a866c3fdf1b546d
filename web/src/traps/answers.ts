/** What does the server answer about traps? The parts of its JSON that this page reads. */

export type TrapTask = 'presence' | 'neighbours' | 'survival' | 'detection'

export interface TrapJob {
  readonly id: string
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly task: TrapTask
  readonly indexes: readonly string[]
  readonly leaks: boolean
  readonly waiting: number
  readonly progress: {
    readonly index: string
    readonly trapsDone: number
    readonly traps: number
    readonly share: number
    readonly trapsPerSecond: number
    readonly etaMs: number | null
  } | null
  readonly problem: {
    readonly code: string
    readonly title: string
    readonly detail: string
    readonly hint: string
  } | null
}

export interface TrapJobAnswer {
  readonly job: TrapJob
}

export interface PresenceRow {
  readonly trap: string
  readonly role: 'trap' | 'control'
  readonly index: string
  readonly planned: number
  readonly found: number
  readonly isAsPlanned: boolean
  readonly documentCount: number
  readonly documents: readonly {
    readonly document: number
    readonly externalId: string | null
    readonly occurrences: number
    readonly otherTraps: readonly string[]
  }[]
}

export interface NeighbourRow {
  readonly trap: string
  readonly role: 'trap' | 'control'
  readonly index: string
  readonly histogram: readonly { readonly distance: number; readonly count: number }[]
  readonly isComplete: boolean
}

export interface SurvivalRate {
  readonly length: number
  readonly repetitions: number
  readonly traps: number
  readonly present: number
  readonly surviving: number
  readonly copiesBefore: number
  readonly copiesAfter: number
  readonly copiesPredicted: number
}

export interface DetectionGroup {
  readonly by: 'all' | 'length' | 'repetitions' | 'bucket'
  readonly value: number | null
  readonly members: number
  readonly nonMembers: number
  readonly auc: number
  readonly aucInterval: readonly [number, number]
  readonly tprAt1PercentFpr: number
  readonly pValue: number
}

export interface Detection {
  readonly score: string
  readonly groups: readonly DetectionGroup[]
  /** Share of traps found where at most 0, 1, … 100 % of the controls are. */
  readonly roc: readonly number[]
}

export interface TrapResult {
  readonly task: TrapTask
  readonly presence?: readonly PresenceRow[]
  readonly neighbours?: readonly NeighbourRow[]
  readonly survivalRates?: readonly SurvivalRate[]
  readonly detections?: readonly Detection[]
}
