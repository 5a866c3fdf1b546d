import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, makeFolder, readTree, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { type S3Server, startVersitygw, versitygwLack } from '../../src/cluster/store/testkit/versitygw.js'
import { NatsServer, natsServerLack } from '../../src/cluster/testkit/nats-server.js'
import { cliLack, cliPath, runCli, runCliWell } from '../support/run-cli.js'

const lack = cliLack ?? versitygwLack ?? natsServerLack
const shape = ['--shard-size', '256K', '--id-field', 'id', '--facet-fields', 'source']

let folder: { dir: string; remove: () => Promise<void> }
let server: S3Server
let broker: NatsServer
let env: Record<string, string>
let input: string
let expected: Map<string, string>
let prefix = 0
const children = new Set<ChildProcess>()

beforeAll(async () => {
  if (lack !== null) return
  folder = await makeFolder()
  server = await startVersitygw()
  broker = await NatsServer.start()
  env = { ...server.environment, OMNIGRAM_CACHE: join(folder.dir, 'cache') }
  input = join(folder.dir, 'corpus')
  await mkdir(input)
  for (const part of [1, 2]) await writeJsonl(join(input, `${part}.jsonl`), makeDocuments(2_000_000, part))
  await runWell(['build', input, '-o', join(folder.dir, 'here'), ...shape])
  expected = await readTree(join(folder.dir, 'here'))
})

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
  children.clear()
})

afterAll(async () => {
  await broker?.stop()
  await server?.stop()
  await folder?.remove()
})

const runWell = (args: readonly string[]) => runCliWell(args, { env })

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [cliPath, ...args], { env: { ...process.env, ...env }, stdio: 'ignore' })
  children.add(child)
  return child
}

function startWorker(store: string, name: string): ChildProcess {
  const scratch = join(folder.dir, `${store.slice(-2)}-${name}`)
  const limits = ['--memory', '512M', '--threads', '1', '--keep-job', '2s', '--idle', '60s']
  return start(['worker', '--nats', broker.url, '--store', store, '--scratch', scratch, ...limits])
}

/** A plan, and the build of it once it is begun. */
async function beginBuild(): Promise<{ store: string; built: Promise<Record<string, unknown>[]> }> {
  const name = `build-${++prefix}`
  const [store, planPath] = [`s3://test/${name}`, join(folder.dir, `${name}.json`)]
  await runWell(['plan', input, '--store', store, '-o', planPath, ...shape])
  return { store, built: runWell(['cluster', 'build', planPath, '--nats', broker.url, '--keep-job', '2s']) }
}

async function expectSame(store: string): Promise<void> {
  const pulled = join(folder.dir, 'pulled')
  await rm(pulled, { recursive: true, force: true })
  await runWell(['pull', store, pulled])
  expect(await readTree(pulled)).toEqual(expected)
}

/** Waits until so many shards of a build are done. */
async function waitForShards(store: string, shards: number): Promise<void> {
  const plansDir = join(server.bucketDir, store.split('/')[3], 'plans')
  const count = async () => {
    const [plan] = await readdir(plansDir).catch(() => [])
    if (plan === undefined) return 0
    return (await readdir(join(plansDir, plan, 'shards')).catch(() => [])).length
  }
  await expect.poll(count, { interval: 20 }).toBeGreaterThanOrEqual(shards)
}

describe('a build over a broker', () => {
  beforeEach((context) => {
    if (lack !== null) context.skip(lack)
  })

  it('makes the bytes of a build on one machine', async () => {
    const { store, built } = await beginBuild()
    startWorker(store, 'a')
    startWorker(store, 'b')
    expect(await built).toMatchObject([{ store, generation: '000001' }])
    await expectSame(store)
  })

  it('workers killed -9 one after the other: the next builds their shards', async () => {
    const { store, built } = await beginBuild()
    for (const [at, afterMs] of [900, 1_100, 1_300, 1_500].entries()) {
      const victim = startWorker(store, `victim-${at}`)
      await sleep(afterMs)
      victim.kill('SIGKILL')
    }
    startWorker(store, 'survivor')
    await built
    await expectSame(store)
  })

  it('worker pauses past the time of its job, and goes on: nothing changes', async () => {
    const { store, built } = await beginBuild()
    const paused = startWorker(store, 'paused')
    await waitForShards(store, 1)
    paused.kill('SIGSTOP')
    startWorker(store, 'other')
    await sleep(3_000)
    paused.kill('SIGCONT')
    await built
    await expectSame(store)
  })

  it('two workers build the same shard: one record, both go on', async () => {
    const { store, built } = await beginBuild()
    startWorker(store, 'a')
    // A second way to the same shards, without the broker.
    const name = store.slice('s3://test/'.length)
    const args = ['worker', '--plan', join(folder.dir, `${name}.json`), '--index', '0', '--of', '1']
    await runWell([...args, '--scratch', join(folder.dir, `${name}-static`), '--memory', '512M'])
    await built
    await expectSame(store)
  })

  it('broker killed -9 and restarted: the build ends', async () => {
    const { store, built } = await beginBuild()
    startWorker(store, 'a')
    await waitForShards(store, 1)
    await broker.kill()
    await sleep(1_000)
    await broker.restart()
    await built
    await expectSame(store)
  })

  it('data directory of the broker deleted: what is missing is queued again, what is done is not built again', async () => {
    const { store, built } = await beginBuild()
    startWorker(store, 'a')
    await waitForShards(store, 1)
    await broker.kill()
    await broker.forget()
    await broker.restart()
    await built
    await expectSame(store)
  })

  it('is refused without a broker, plainly', async () => {
    const planPath = join(folder.dir, 'build-1.json')
    const { exitCode, stderr } = await runCli(
      ['cluster', 'build', planPath, '--nats', 'nats://user:secret@127.0.0.1:9', '--json-errors'],
      { env },
    )
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('unreachable-broker')])
    expect(stderr).not.toContain('secret')
  })
})
