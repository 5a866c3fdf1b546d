/** Which checks are there, and what came out? Rows of the state file. */
import { randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type ContaminationReport, formatReport, parseReport } from '../../contamination/report.js'
import type { JobProblem, JobState } from '../jobs/job.js'
import type { JobQueue, TakenJob } from '../jobs/job-runner.js'
import type { StateDatabase, StateRow } from '../state/state-database.js'
import { type Check, type CheckOrder, type CheckProgress, checkOrder, unknownCheck } from './check.js'
import { identifyReport } from './identify-report.js'
import { type ReportSummary, summariseReport } from './report-summary.js'

export const checkMigrations = [
  `create table checks (
    id text primary key,
    account text not null,
    state text not null,
    check_order text not null,
    file blob,
    progress text,
    problem text,
    report blob,
    report_id text,
    summary text,
    attempts integer not null default 0,
    runner text,
    lease_ms integer,
    created_ms integer not null,
    ended_ms integer,
    expires_ms integer,
    published_ms integer,
    published_by text
  ) strict;
  create index checks_by_state on checks (state, created_ms);
  create unique index checks_by_report on checks (report_id) where published_ms is not null;`,
] as const

/** Everything of a row but its large values. */
const columns =
  'id, account, state, check_order, progress, problem, report_id, created_ms, ended_ms, expires_ms, published_ms'

/** Who has no key is known by an address, which nobody needs once the check has ended. */
const forgetAddress = `account = case when account like 'key %' then account else '' end`

export interface PublishedCheck {
  readonly id: string
  readonly reportId: string
  readonly publishedMs: number
}

export class CheckStore implements JobQueue<CheckOrder, CheckProgress, ContaminationReport> {
  readonly #database: StateDatabase

  constructor(database: StateDatabase) {
    this.#database = database
  }

  /** Its id is the right to it: 128 bits that nobody guesses. */
  add(account: string, order: CheckOrder, file: Buffer, nowMs: number, expiresMs: number): Check {
    const id = randomBytes(16).toString('base64url')
    this.#database.run(
      `insert into checks (id, account, state, check_order, file, created_ms, expires_ms)
       values (?, ?, 'queued', ?, ?, ?, ?)`,
      id,
      account,
      JSON.stringify(order),
      file,
      nowMs,
      expiresMs,
    )
    return this.find(id)!
  }

  find(id: string): Check | null {
    const row = this.#database.row(`select ${columns} from checks where id = ?`, id)
    return row ? readCheck(row) : null
  }

  /** Checks that wait or run: all, and those of one account. */
  countLive(account: string): { readonly all: number; readonly ofAccount: number } {
    const row = this.#database.row(
      `select count(*) as live, count(*) filter (where account = ?) as own from checks where state in ('queued', 'running')`,
      account,
    )
    return { all: Number(row?.live), ofAccount: Number(row?.own) }
  }

  /** Checks that would be taken before `id`. */
  countBefore({ createdMs }: Check): number {
    const row = this.#database.row(
      `select count(*) as waiting from checks where state in ('queued', 'running') and created_ms < ?`,
      createdMs,
    )
    return Number(row?.waiting)
  }

  /**
   * Gives `runner` the oldest check that waits, or whose runner has not been heard of since its lease ended, among those
   * that it `canRun`. Null when there is none.
   */
  take(
    runner: string,
    nowMs: number,
    leaseMs: number,
    canRun: (order: CheckOrder) => boolean,
  ): TakenJob<CheckOrder> | null {
    return this.#database.transact(() => {
      const waiting = this.#database.rows(
        `select ${columns} from checks where state = 'queued' or (state = 'running' and lease_ms < ?)
         order by created_ms, id limit 100`,
        nowMs,
      )
      const found = waiting.map(readCheck).find(({ order }) => canRun(order))
      if (!found) return null
      this.#database.run(
        `update checks set state = 'running', runner = ?, lease_ms = ?, attempts = attempts + 1, progress = null
         where id = ?`,
        runner,
        nowMs + leaseMs,
        found.id,
      )
      const row = this.#database.row('select file, attempts from checks where id = ?', found.id)!
      const { id, order } = found
      return { id, order, file: Buffer.from(row.file as ArrayBuffer), attempts: Number(row.attempts) }
    })
  }

  /** Says how far it is and that the runner is there; false when the check is no longer the runner's. */
  renew(id: string, runner: string, leaseEndMs: number, progress: CheckProgress | null): boolean {
    const changed = this.#database.run(
      `update checks set lease_ms = ?, progress = coalesce(?, progress) where id = ? and runner = ? and state = 'running'`,
      leaseEndMs,
      progress && JSON.stringify(progress),
      id,
      runner,
    )
    return changed === 1
  }

  /** Lets the checks of runners that are gone be taken at once. */
  endLeases(isGone: (runner: string) => boolean): void {
    const runners = this.#database.rows(`select distinct runner from checks where state = 'running'`)
    for (const { runner } of runners) {
      if (typeof runner !== 'string' || !isGone(runner)) continue
      this.#database.run(`update checks set lease_ms = 0 where state = 'running' and runner = ?`, runner)
    }
  }

  /** Puts a check back, as if it had not been taken: the runner stops. */
  release(id: string, runner: string): void {
    this.#database.run(
      `update checks set state = 'queued', runner = null, lease_ms = null, attempts = attempts - 1, progress = null
       where id = ? and runner = ? and state = 'running'`,
      id,
      runner,
    )
  }

  /** The report and the end of the check in one step; nothing when the check is no longer the runner's. */
  finish(id: string, runner: string, report: ContaminationReport, nowMs: number, expiresMs: number): void {
    const text = formatReport(report)
    this.#database.run(
      `update checks set state = 'done', report = ?, report_id = ?, summary = ?, file = null, runner = null, ${forgetAddress},
       lease_ms = null, ended_ms = ?, expires_ms = ? where id = ? and runner = ? and state = 'running'`,
      gzipSync(text),
      identifyReport(text),
      JSON.stringify(summariseReport(report)),
      nowMs,
      expiresMs,
      id,
      runner,
    )
  }

  fail(id: string, runner: string, problem: JobProblem, nowMs: number, expiresMs: number): void {
    this.#database.run(
      `update checks set state = 'failed', problem = ?, file = null, runner = null, lease_ms = null, ended_ms = ?,
       ${forgetAddress}, expires_ms = ? where id = ? and runner = ? and state = 'running'`,
      JSON.stringify(problem),
      nowMs,
      expiresMs,
      id,
      runner,
    )
  }

  /** Forgets a check that is not published, whatever its state; false when there is none. */
  remove(id: string): boolean {
    return this.#database.run('delete from checks where id = ? and published_ms is null', id) === 1
  }

  /** Shows the report of a check that is done to everybody; false when there is no such report. */
  publish(id: string, publisher: string, nowMs: number): boolean {
    return this.#database.transact(() => {
      // The same benchmark on the same state of the same indexes at the same time makes the same report.
      const twin = this.#database.row(
        `select id from checks where id <> ?1 and published_ms is not null
         and report_id = (select report_id from checks where id = ?1)`,
        id,
      )
      if (twin) return true
      const changed = this.#database.run(
        `update checks set published_ms = coalesce(published_ms, ?), published_by = ?, expires_ms = null
         where id = ? and state = 'done'`,
        nowMs,
        publisher,
        id,
      )
      return changed === 1
    })
  }

  /** Takes the report back from the table; its retention begins anew. */
  withdraw(id: string, expiresMs: number): boolean {
    const sql =
      'update checks set published_ms = null, published_by = null, expires_ms = ? where id = ? and published_ms is not null'
    return this.#database.run(sql, expiresMs, id) === 1
  }

  /** Forgets what has expired, and the oldest of more than `keep` ended checks that are not published. */
  prune(nowMs: number, keep: number): void {
    this.#database.run('delete from checks where expires_ms <= ?', nowMs)
    this.#database.run(
      `delete from checks where id in (select id from checks where ended_ms is not null and published_ms is null
       order by ended_ms desc limit -1 offset ?)`,
      keep,
    )
  }

  /** What is published, the oldest first. */
  listPublished(): readonly PublishedCheck[] {
    return this.#database
      .rows('select id, report_id, published_ms from checks where published_ms is not null order by published_ms, id')
      .map(({ id, report_id, published_ms }) => ({
        id: String(id),
        reportId: String(report_id),
        publishedMs: Number(published_ms),
      }))
  }

  /** Null until the check is done. */
  readSummary(id: string): ReportSummary | null {
    const summary = this.#database.row('select summary from checks where id = ?', id)?.summary
    return typeof summary === 'string' ? (JSON.parse(summary) as ReportSummary) : null
  }

  /** The check of a published report. */
  findPublished(reportId: string): Check | null {
    const row = this.#database.row(
      `select ${columns} from checks where report_id = ? and published_ms is not null`,
      reportId,
    )
    return row ? readCheck(row) : null
  }

  /** The report of a check that is done, and the bytes of its text. */
  readReport(id: string): { readonly report: ContaminationReport; readonly textBytes: number } {
    const packed = this.#database.row('select report from checks where id = ?', id)?.report
    if (!(packed instanceof ArrayBuffer)) throw unknownCheck(id)
    const text = gunzipSync(Buffer.from(packed))
    return { report: parseReport(text.toString(), `The check ${id}`), textBytes: text.length }
  }
}

function readCheck(row: StateRow): Check {
  const number = (value: unknown) => (value === null ? null : Number(value))
  const parse = (value: unknown) => (value === null ? null : JSON.parse(String(value)))
  return {
    id: String(row.id),
    account: String(row.account),
    state: row.state as JobState,
    order: checkOrder.parse(JSON.parse(String(row.check_order))),
    progress: parse(row.progress),
    problem: parse(row.problem),
    createdMs: Number(row.created_ms),
    endedMs: number(row.ended_ms),
    expiresMs: number(row.expires_ms),
    publishedMs: number(row.published_ms),
    reportId: row.report_id === null ? null : String(row.report_id),
  }
}
