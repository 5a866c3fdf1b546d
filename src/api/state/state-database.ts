/** Where does the server keep what must outlive it? One SQLite file in a folder of its own. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Libsql from 'libsql'
import { OmnigramError } from '../../core/errors.js'

/** A value that SQLite keeps. */
export type StateValue = string | number | Buffer | null

/** A row as it is read; binary values come as buffers of their own. */
export type StateRow = Readonly<Record<string, string | number | ArrayBuffer | null>>

/** How long a call waits for another server that writes to the same file. */
const busyMs = 5_000

/** Where the state lies in its folder. */
export function stateFile(stateDir: string): string {
  return join(stateDir, 'state.db')
}

/** What each version of the file added to the one before; the file keeps how many of them it has. */
export type Migrations = readonly string[]

/** The database; calls are synchronous and short. Several servers may share a folder on one machine. */
export class StateDatabase {
  readonly #database: InstanceType<typeof Libsql>

  /** Throws `io-failure` where the folder cannot be written, and `newer-format` for the file of a newer version. */
  constructor(stateDir: string | null, migrations: Migrations) {
    try {
      if (stateDir !== null) mkdirSync(stateDir, { recursive: true, mode: 0o700 })
      this.#database = new Libsql(stateDir === null ? ':memory:' : stateFile(stateDir), { timeout: busyMs })
      this.#database.exec('pragma journal_mode = wal; pragma synchronous = full;')
    } catch (error) {
      throw new OmnigramError('io-failure', `The state folder ${stateDir} cannot be used: ${readMessage(error)}.`, {
        cause: error,
      })
    }
    this.transact(() => this.#migrate(migrations))
  }

  /** Changes rows; how many. */
  run(sql: string, ...values: readonly StateValue[]): number {
    return this.#guard(() => this.#database.prepare(sql).run(...values).changes)
  }

  row(sql: string, ...values: readonly StateValue[]): StateRow | undefined {
    return this.rows(sql, ...values)[0]
  }

  rows(sql: string, ...values: readonly StateValue[]): readonly StateRow[] {
    return this.#guard(() => this.#database.prepare(sql).all(...values) as StateRow[])
  }

  /** All of `work` or nothing of it; no other server writes in between. */
  transact<Outcome>(work: () => Outcome): Outcome {
    return this.#guard(() => this.#database.transaction(work).immediate())
  }

  close(): void {
    this.#database.close()
  }

  #migrate(migrations: Migrations): void {
    this.#database.exec('create table if not exists versions (version integer not null) strict')
    const version = Number(this.row('select max(version) as version from versions')?.version ?? 0)
    if (version > migrations.length) {
      throw new OmnigramError('newer-format', `The state file has version ${version}, known is ${migrations.length}.`)
    }
    for (const [at, sql] of migrations.entries()) {
      if (at < version) continue
      this.#database.exec(sql)
      this.run('insert into versions values (?)', at + 1)
    }
  }

  #guard<Outcome>(work: () => Outcome): Outcome {
    try {
      return work()
    } catch (error) {
      if (error instanceof OmnigramError) throw error
      throw new OmnigramError('io-failure', `The state file: ${readMessage(error)}.`, { cause: error })
    }
  }
}

function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
