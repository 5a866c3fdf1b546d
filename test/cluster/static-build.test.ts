import { once } from 'node:events'
import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, makeFolder, readTree, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { type S3Server, startVersitygw, versitygwLack } from '../../src/cluster/store/testkit/versitygw.js'
import { cliLack, runCli, runCliWell, startCli } from '../support/run-cli.js'

const lack = cliLack ?? versitygwLack
const shape = ['--shard-size', '64K', '--id-field', 'id', '--facet-fields', 'source']
const resources = ['--memory', '1G', '--threads', '1']

let folder: { dir: string; remove: () => Promise<void> }
let server: S3Server
let env: Record<string, string>
let input: string
let expected: Map<string, string>

beforeAll(async () => {
  if (lack !== null) return
  folder = await makeFolder()
  server = await startVersitygw()
  env = { ...server.environment, OMNIGRAM_CACHE: join(folder.dir, 'cache') }
  input = join(folder.dir, 'corpus')
  await mkdir(input)
  for (const part of [1, 2, 3]) await writeJsonl(join(input, `${part}.jsonl`), makeDocuments(300_000, part))
  await runWell(['build', input, '-o', join(folder.dir, 'here'), ...shape, ...resources])
  expected = await readTree(join(folder.dir, 'here'))
})

afterAll(async () => {
  await server?.stop()
  await folder?.remove()
})

const runWell = (args: readonly string[]) => runCliWell(args, { env })

/** Plans a build into a prefix of its own. */
async function makePlan(name: string): Promise<{ planPath: string; store: string; shards: number }> {
  const [planPath, store] = [join(folder.dir, `${name}.json`), `s3://test/${name}`]
  const [{ plan }] = await runWell(['plan', input, '--store', store, '-o', planPath, ...shape])
  return { planPath, store, shards: (plan as { shards: number }).shards }
}

async function expectSame(store: string): Promise<void> {
  const pulled = join(folder.dir, 'pulled')
  await rm(pulled, { recursive: true, force: true })
  await runWell(['pull', store, pulled])
  expect(await readTree(pulled)).toEqual(expected)
}

function worker(planPath: string, index: number, of: number, scratch = `scratch-${index}`): string[] {
  const place = ['--scratch', join(folder.dir, scratch)]
  return ['worker', '--plan', planPath, '--index', String(index), '--of', String(of), ...place, ...resources]
}

describe('a build by workers that nobody dispatches', () => {
  beforeEach((context) => {
    if (lack !== null) context.skip(lack)
  })

  it('publishes the index of a build on one machine, byte for byte', async () => {
    const { planPath, store, shards } = await makePlan('static')
    expect(shards).toBeGreaterThan(10)
    const reports = await Promise.all([0, 1, 2].map((index) => runWell(worker(planPath, index, 3))))
    expect(reports.flat().filter(({ published }) => published !== null).length).toBeGreaterThan(0)
    await expectSame(store)
  })

  it('goes on after a worker was killed at any time: the same bytes, nothing left in the scratch folder', async () => {
    const { planPath, store } = await makePlan('killed')
    for (const afterMs of [400, 700, 1_000, 1_300, 1_600]) {
      const child = startCli(worker(planPath, 0, 1, 'scratch-killed'), { env })
      const ended = once(child, 'close')
      await sleep(afterMs)
      child.kill('SIGKILL')
      await ended
    }
    await runWell(worker(planPath, 0, 1, 'scratch-killed'))
    await expectSame(store)
    const left = [...(await readTree(join(folder.dir, 'scratch-killed'))).keys()]
    expect(left.filter((path) => /\.(fm|json)$/.test(path))).toEqual([])
  })

  it('estimates without a plan, and refuses what is no plan', async () => {
    const [{ estimate, levers }] = await runWell(['plan', input, '--machines', '4', ...shape])
    expect(estimate).toMatchObject({ shardsAMachine: expect.any(Number), binds: expect.any(String) })
    expect(levers).toHaveLength(3)
    const { stdout } = await runCli(['plan', input, ...shape], { env })
    expect(stdout).toMatch(/^text .* shards\na machine .*\ntime .*; (memory|cores|shards) bind\n/)
    const measuredPath = join(folder.dir, 'measured.json')
    const [measured] = await runWell(['bench', 'build', input, '-o', measuredPath, '--sample-size', '100K', ...shape])
    expect(measured).toMatchObject({ sideBySide: expect.any(Number), programMs: expect.any(Number) })
    const [calibrated] = await runWell(['plan', input, '--measured', measuredPath, ...shape])
    expect((calibrated.estimate as { phases: object[] }).phases[0]).toMatchObject({ phase: 'start' })
    expect((calibrated.estimate as { textBytes: number }).textBytes).toBeGreaterThan(500_000)
    const bad = await runCli([...worker(join(input, '1.jsonl'), 0, 1), '--json-errors'], { env })
    expect([bad.exitCode, bad.stderr]).toEqual([3, expect.stringContaining('bad-plan')])
    const half = await runCli(['worker', '--index', '0', '--json-errors'], { env })
    expect([half.exitCode, half.stderr]).toEqual([2, expect.stringContaining('bad-argument')])
  })

  it('is told that the input is another one than the plan was made of', async () => {
    const { planPath } = await makePlan('changed')
    await cp(join(input, '2.jsonl'), join(folder.dir, 'kept.jsonl'))
    await writeJsonl(join(input, '2.jsonl'), makeDocuments(300_000, 9))
    const { exitCode, stderr } = await runCli([...worker(planPath, 0, 1, 'other'), '--json-errors'], { env })
    expect(exitCode).toBe(5)
    expect(stderr).toContain('incomplete-build')
    expect(stderr).toContain('changed-input')
    await cp(join(folder.dir, 'kept.jsonl'), join(input, '2.jsonl'))
    expect((await readFile(planPath, 'utf8')).length).toBeGreaterThan(0)
    await runWell(worker(planPath, 0, 1, 'other'))
  })
})
