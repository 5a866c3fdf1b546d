/** Which contamination reports are there, and who may ask for new ones? What the resources under /v1/contamination use. */
import { existsSync } from 'node:fs'
import { findCell, unknownReport } from '../../contamination/find-cell.js'
import type { ContaminationReport, ReportCell } from '../../contamination/report.js'
import { OmnigramError } from '../../core/errors.js'
import { RecentCache } from '../../query/recent-cache.js'
import type { JobOwner } from '../jobs/job.js'
import { JobRunner, type RunnerTimes } from '../jobs/job-runner.js'
import type { ServedIndexes } from '../served-indexes.js'
import { StateDatabase, stateFile } from '../state/state-database.js'
import { type Check, type CheckOrder, type CheckProgress, unknownCheck } from './check.js'
import { CheckStore, checkMigrations } from './check-store.js'
import type { TableName, TableReport } from './contamination-table.js'
import { ReportShelf } from './report-shelf.js'
import type { ReportSummary } from './report-summary.js'
import { makeRunCheck, type RunCheck } from './run-check.js'

export interface DeskOptions {
  readonly run: RunCheck
  /** Whether an index of that name is served. */
  readonly hasIndex: (name: string) => boolean
  /** Reports of the operator. */
  readonly shelf?: ReportShelf
  /** Folder of the state file; null keeps all in memory. The file is made with the first check. */
  readonly stateDir?: string | null
  readonly retentionMs?: number
  readonly runner?: RunnerTimes
  readonly onFailure?: (error: unknown, id: string) => void
}

/** Checks that wait or run: of all, and of one account. */
const maxLiveChecks = 100
const maxLiveChecksOfAccount = 4

/** Seven days. */
export const defaultRetentionMs = 7 * 24 * 60 * 60 * 1_000

/** Text of reports of checks that is kept parsed after it was read. */
const openReportBytes = 64 * 1024 * 1024

/** A desk for the indexes that are served. */
export function openDesk(
  indexes: ServedIndexes,
  options: Omit<DeskOptions, 'run' | 'hasIndex'> = {},
): ContaminationDesk {
  const reports = options.shelf?.list() ?? []
  const corpora = reports.flatMap(({ summary }) => summary.indexes)
  const dates = corpora.flatMap(({ name, corpusDate }) => (corpusDate === null ? [] : [[name, corpusDate] as const]))
  const run = makeRunCheck(indexes, Object.fromEntries(dates))
  const hasIndex = (name: string) => indexes.list().some((reader) => reader.name === name)
  return new ContaminationDesk({ ...options, run, hasIndex })
}

interface CheckDesk {
  readonly database: StateDatabase
  readonly store: CheckStore
  readonly runner: JobRunner<CheckOrder, CheckProgress, ContaminationReport>
}

export class ContaminationDesk {
  readonly #options: DeskOptions
  readonly #shelf: ReportShelf
  readonly #stateDir: string | null
  readonly #retentionMs: number
  readonly #summaries = new Map<string, ReportSummary>()
  readonly #reports = new RecentCache<ContaminationReport>(openReportBytes)
  #checks: CheckDesk | null = null

  /** Goes on with checks that a server before left. Throws as {@link StateDatabase}. */
  constructor(options: DeskOptions) {
    this.#options = options
    this.#shelf = options.shelf ?? new ReportShelf([])
    this.#stateDir = options.stateDir ?? null
    this.#retentionMs = options.retentionMs ?? defaultRetentionMs
    this.#findChecks()
  }

  /** Reports of the tables, the core ones in the order of their files, then the others by the time of publication. */
  listReports(table: TableName | null): readonly TableReport[] {
    return [...(table === 'community' ? [] : this.#listShelf()), ...(table === 'core' ? [] : this.#listPublished())]
  }

  /** What a report says in short, by its id or by the id of its check. Throws as {@link openReport}. */
  findReport(id: string): TableReport {
    const listed = this.listReports(null).find((report) => report.id === id)
    if (listed) return listed
    const { store, check } = this.#findDone(id)
    const summary = store.readSummary(check.id)
    if (!summary) throw unknownReport(id)
    return { id, table: null, publishedMs: null, summary }
  }

  /** A report of a table, or the one of a check by the check's id. Throws `unknown-report` and `unfinished-check`. */
  openReport(id: string): ContaminationReport {
    const shelved = this.#shelf.find(id)
    if (shelved) return shelved.report
    const { store, check } = this.#findDone(id)
    const known = this.#reports.get(check.id)
    if (known) return known
    const { report, textBytes } = store.readReport(check.id)
    this.#reports.put(check.id, report, textBytes)
    return report
  }

  /** The items of a benchmark on an index. Throws `unknown-report`. */
  openCell(id: string, benchmark: string, index: string): { report: ContaminationReport; cell: ReportCell } {
    const report = this.openReport(id)
    return { report, cell: findCell(report, benchmark, index) }
  }

  /** Takes an upload that was read before. Throws `overloaded`, and `rate-limited` for too many of one account. */
  addCheck(owner: JobOwner, order: CheckOrder, file: Buffer): Check {
    const { store, runner } = this.#openChecks()
    const live = store.countLive(owner.account)
    if (live.all >= maxLiveChecks) {
      throw new OmnigramError('overloaded', `${live.all} checks wait, the limit is ${maxLiveChecks}.`)
    }
    if (live.ofAccount >= maxLiveChecksOfAccount) {
      throw new OmnigramError('rate-limited', `${live.ofAccount} of your checks wait or run, which is the limit.`)
    }
    const nowMs = Date.now()
    const check = store.add(owner.account, order, file, nowMs, nowMs + this.#retentionMs)
    runner.wake()
    return check
  }

  /** Throws `unknown-check`. */
  openCheck(id: string): Check {
    const check = this.#findChecks()?.store.find(id)
    if (!check) throw unknownCheck(id)
    return check
  }

  /** Checks that are taken before this one; 0 when it is not waiting. */
  countBefore(check: Check): number {
    return check.state === 'queued' ? (this.#findChecks()?.store.countBefore(check) ?? 0) : 0
  }

  /** Ends the work on a check and forgets it. Throws `unknown-check` and `forbidden`. */
  removeCheck(id: string, owner: JobOwner): Check {
    const check = this.openCheck(id)
    const { store, runner } = this.#openChecks()
    if (check.account.startsWith('key ') && check.account !== owner.account && !owner.isAdmin) {
      throw new OmnigramError('forbidden', 'The check is of another key.')
    }
    if (!store.remove(id)) throw new OmnigramError('forbidden', 'The report is published: withdraw it first.')
    runner.cancel(id)
    return check
  }

  /** Puts the report of a check into the community's table. Throws `unknown-check` and `unfinished-check`. */
  publishCheck(id: string, publisher: string): Check {
    const check = this.openCheck(id)
    if (!this.#openChecks().store.publish(id, publisher, Date.now())) {
      throw new OmnigramError('unfinished-check', `The check is ${check.state}.`)
    }
    return this.openCheck(id)
  }

  /** Takes it out of the table again; the check is kept for its retention. Throws `unknown-check`. */
  withdrawCheck(id: string): Check {
    this.openCheck(id)
    this.#openChecks().store.withdraw(id, Date.now() + this.#retentionMs)
    return this.openCheck(id)
  }

  /** A check that is under way is put back for the next server. */
  async close(): Promise<void> {
    await this.#checks?.runner.stop()
    this.#checks?.database.close()
    this.#checks = null
  }

  #findDone(id: string): { readonly store: CheckStore; readonly check: Check } {
    const store = this.#findChecks()?.store
    const check = store?.findPublished(id) ?? store?.find(id)
    if (!store || !check) throw unknownReport(id)
    if (check.state !== 'done') throw new OmnigramError('unfinished-check', `The check is ${check.state}.`)
    return { store, check }
  }

  #listShelf(): TableReport[] {
    return this.#shelf.list().map(({ id, summary }) => ({ id, table: 'core', publishedMs: null, summary }))
  }

  #listPublished(): TableReport[] {
    const store = this.#findChecks()?.store
    if (!store) return []
    return store.listPublished().flatMap(({ id, reportId, publishedMs }) => {
      const summary = this.#summaries.get(reportId) ?? store.readSummary(id)
      if (!summary) return []
      this.#summaries.set(reportId, summary)
      return [{ id: reportId, table: 'community' as const, publishedMs, summary }]
    })
  }

  /** The checks, where somebody has added one before. */
  #findChecks(): CheckDesk | null {
    if (this.#checks) return this.#checks
    return this.#stateDir !== null && existsSync(stateFile(this.#stateDir)) ? this.#openChecks() : null
  }

  #openChecks(): CheckDesk {
    if (this.#checks) return this.#checks
    const { run, hasIndex, runner: runnerOptions, onFailure } = this.#options
    const database = new StateDatabase(this.#stateDir, checkMigrations)
    const store = new CheckStore(database)
    const canRun = ({ indexes }: CheckOrder) => indexes.every(hasIndex)
    const runner = new JobRunner(store, { ...runnerOptions, canRun, run, retentionMs: this.#retentionMs, onFailure })
    this.#checks = { database, store, runner }
    return this.#checks
  }
}
