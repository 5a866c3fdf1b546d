import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ContaminationReport } from '../../contamination/report.js'
import { OmnigramError } from '../../core/errors.js'
import { StateDatabase, stateFile } from '../state/state-database.js'
import type { CheckOrder } from './check.js'
import { checkMigrations } from './check-store.js'
import { ContaminationDesk, type DeskOptions } from './contamination-desk.js'
import type { RunCheck } from './run-check.js'

const order: CheckOrder = {
  name: 'mine',
  category: null,
  licence: null,
  link: null,
  split: null,
  format: 'jsonl',
  field: null,
  answerField: null,
  indexes: ['web'],
  views: ['exact'],
  itemsInFile: 1,
}

const report: ContaminationReport = {
  format: 'omnigram-contamination-report',
  version: 1,
  program: '0.0.0',
  date: '2026-01-01T00:00:00.000Z',
  method: {
    windowCharacters: 50,
    windowStarts: 'word',
    views: ['exact'],
    suspiciousFrom: 0.2,
    dirtyFrom: 0.8,
    sampleItems: 1_000,
    seed: 1,
    testsShort: false,
    contextCharacters: 400,
    boilerplateDocuments: 1_000,
    boilerplateItems: 10,
    judge: null,
  },
  indexes: [],
  benchmarks: [],
  cells: [],
}

const owner = { account: '192.0.2.7', isAdmin: false }
const file = Buffer.from('{"question":"?"}\n')
const quick = { pollMs: 20, leaseMs: 300 }

const runForEver: RunCheck = (_order, _file, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const state = { folder: '' }
beforeAll(async () => {
  state.folder = await mkdtemp(join(tmpdir(), 'omnigram-state-'))
})
afterAll(() => rm(state.folder, { recursive: true }))

const desks: ContaminationDesk[] = []
afterEach(() => Promise.all(desks.splice(0).map((desk) => desk.close())))

function openDesk(options: Partial<DeskOptions> = {}): ContaminationDesk {
  const run: RunCheck = async () => report
  const desk = new ContaminationDesk({ hasIndex: (name) => name === 'web', run, runner: quick, ...options })
  desks.push(desk)
  return desk
}

async function waitUntilEnded(desk: ContaminationDesk, id: string) {
  for (;;) {
    const check = desk.openCheck(id)
    if (check.state === 'done' || check.state === 'failed') return check
    await wait(10)
  }
}

async function waitUntilRunning(desk: ContaminationDesk, id: string): Promise<void> {
  while (desk.openCheck(id).state !== 'running') await wait(5)
}

describe('a check', () => {
  it('writes no file before there is one, and outlives its server after', async () => {
    const stateDir = join(state.folder, 'kept')
    const first = openDesk({ stateDir })
    expect(() => first.openCheck('absent')).toThrow(OmnigramError)
    await expect(writeFile(stateFile(stateDir), '', { flag: 'r' })).rejects.toThrow('ENOENT')
    const { id } = first.addCheck(owner, order, file)
    await waitUntilEnded(first, id)
    first.publishCheck(id, 'key editor')
    await first.close()
    const second = openDesk({ stateDir })
    expect(second.openCheck(id)).toMatchObject({ state: 'done', account: '' })
    expect(second.openReport(id)).toEqual(report)
    expect(second.listReports('community')).toMatchObject([{ table: 'community', summary: { date: report.date } }])
  })

  it('that a stopping server had begun is done by the next one', async () => {
    const stateDir = join(state.folder, 'stopped')
    const first = openDesk({ stateDir, run: runForEver })
    const { id } = first.addCheck(owner, order, file)
    await waitUntilRunning(first, id)
    await first.close()
    const files: Buffer[] = []
    const second = openDesk({
      stateDir,
      run: async (_order, uploaded) => {
        files.push(uploaded)
        return report
      },
    })
    expect(await waitUntilEnded(second, id)).toMatchObject({ state: 'done' })
    expect(files).toEqual([file])
  })

  it('whose server was killed is begun again, and fails when that happens again', async () => {
    const stateDir = join(state.folder, 'killed')
    const database = new StateDatabase(stateDir, checkMigrations)
    const desk = openDesk({ stateDir, run: runForEver })
    const { id } = desk.addCheck(owner, order, file)
    await waitUntilRunning(desk, id)
    const kill = () => database.run(`update checks set runner = 'dead', lease_ms = 0 where id = ?`, id)
    kill()
    const attempts = () => Number(database.row('select attempts from checks where id = ?', id)?.attempts)
    while (attempts() < 2) await wait(10)
    expect(desk.listReports('community')).toEqual([])
    kill()
    const failed = await waitUntilEnded(desk, id)
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'worker-lost' } })
    expect(database.row('select file, report from checks where id = ?', id)).toMatchObject({ file: null, report: null })
    database.close()
  })

  it('waits while its index is not served', async () => {
    const stateDir = join(state.folder, 'waiting')
    const without = openDesk({ stateDir, hasIndex: () => false })
    const { id } = without.addCheck(owner, order, file)
    await wait(80)
    expect(without.openCheck(id).state).toBe('queued')
    await without.close()
    const desk = openDesk({ stateDir })
    expect(await waitUntilEnded(desk, id)).toMatchObject({ state: 'done' })
  })

  it('is taken once by servers that share a folder', async () => {
    const stateDir = join(state.folder, 'shared')
    const begun: string[] = []
    const run: RunCheck = async ({ name }) => {
      begun.push(name)
      await wait(30)
      return report
    }
    // A lease that no pause of the machine outlasts: who seems dead would lose its check.
    const options = { stateDir, run, runner: { ...quick, leaseMs: 60_000 } }
    const [first, second] = [openDesk(options), openDesk(options)]
    const names = ['a', 'b', 'c', 'd']
    const checks = names.map((name, at) => (at % 2 ? first : second).addCheck(owner, { ...order, name }, file))
    for (const { id } of checks) await waitUntilEnded(first, id)
    expect(begun.sort()).toEqual(names)
  })

  it('says why it failed, and keeps what is inside the server to itself', async () => {
    const failures: unknown[] = []
    const onFailure = (error: unknown) => failures.push(error)
    const known = openDesk({
      run: async () => Promise.reject(new OmnigramError('damaged-index', 'shard 3')),
      onFailure,
    })
    const first = known.addCheck(owner, order, file)
    expect(await waitUntilEnded(known, first.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'damaged-index', detail: 'shard 3' },
    })
    const unknown = openDesk({ run: async () => Promise.reject(new Error('/secret/path')), onFailure })
    const second = unknown.addCheck(owner, order, file)
    const failed = await waitUntilEnded(unknown, second.id)
    expect(failed.problem?.code).toBe('internal')
    expect(failed.problem?.detail).not.toContain('secret')
    expect(failures).toHaveLength(2)
    expect(() => unknown.openReport(second.id)).toThrow('no report')
  })

  it('ends after its time', async () => {
    const desk = openDesk({ run: runForEver, runner: { ...quick, limitMs: 30 } })
    const { id } = desk.addCheck(owner, order, file)
    expect(await waitUntilEnded(desk, id)).toMatchObject({ state: 'failed', problem: { code: 'deadline-exceeded' } })
  })

  it('that is cancelled stops the work, also when another server runs it', async () => {
    const stateDir = join(state.folder, 'cancelled')
    const stopped: string[] = []
    const run: RunCheck = async (asked, bytes, signal, tell) => {
      signal.addEventListener('abort', () => stopped.push(asked.name))
      return runForEver(asked, bytes, signal, tell)
    }
    const runner = openDesk({ stateDir, run })
    const other = openDesk({ stateDir, hasIndex: () => false })
    const { id } = runner.addCheck(owner, order, file)
    await waitUntilRunning(runner, id)
    other.removeCheck(id, owner)
    while (stopped.length === 0) await wait(10)
    expect(() => runner.openCheck(id)).toThrow(OmnigramError)
  })

  it('tells its progress', async () => {
    const progress = {
      phase: 'count' as const,
      index: 'web',
      itemsDone: 1,
      items: 2,
      share: 0.5,
      itemsPerSecond: 10,
      etaMs: 100,
    }
    const desk = openDesk({
      run: (asked, bytes, signal, tell) => {
        tell(progress)
        return runForEver(asked, bytes, signal, tell)
      },
    })
    const { id } = desk.addCheck(owner, order, file)
    while (desk.openCheck(id).progress === null) await wait(10)
    expect(desk.openCheck(id).progress).toEqual(progress)
    desk.removeCheck(id, owner)
  })
})

describe('what has ended', () => {
  it('is forgotten after its retention, unless it is published', async () => {
    const desk = openDesk({ retentionMs: 2000 })
    const [kept, lost] = [1, 2].map((at) => desk.addCheck(owner, { ...order, name: `check ${at}` }, file))
    await waitUntilEnded(desk, kept.id)
    desk.publishCheck(kept.id, 'key editor')
    while (isKnown(desk, lost.id)) await wait(20)
    expect(desk.openCheck(kept.id)).toMatchObject({ state: 'done', expiresMs: null })
  })

  it('is published once, however many made the same report', async () => {
    const desk = openDesk()
    const checks = [1, 2].map(() => desk.addCheck(owner, order, file))
    for (const { id } of checks) {
      await waitUntilEnded(desk, id)
      desk.publishCheck(id, 'key editor')
    }
    expect(desk.listReports('community')).toHaveLength(1)
  })
})

function isKnown(desk: ContaminationDesk, id: string): boolean {
  try {
    desk.openCheck(id)
    return true
  } catch {
    return false
  }
}

describe('the state file', () => {
  it('of a newer version is left alone', async () => {
    const stateDir = join(state.folder, 'newer')
    const newer = new StateDatabase(stateDir, [...checkMigrations, 'create table future (x text)'])
    newer.close()
    expect(() => openDesk({ stateDir })).toThrow('version 2')
  })

  it('that is none is told with its path', async () => {
    const stateDir = join(state.folder, 'broken')
    new StateDatabase(stateDir, checkMigrations).close()
    await rm(`${stateFile(stateDir)}-wal`, { force: true })
    await writeFile(stateFile(stateDir), 'not a database '.repeat(1_000))
    expect(() => openDesk({ stateDir })).toThrow(/state/)
  })

  it('keeps nothing of a change that failed', () => {
    const database = new StateDatabase(null, ['create table numbers (n integer primary key) strict'])
    expect(() =>
      database.transact(() => {
        database.run('insert into numbers values (1)')
        database.run('insert into numbers values (1)')
      }),
    ).toThrow(OmnigramError)
    expect(database.rows('select n from numbers')).toEqual([])
    database.close()
  })
})
