import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, makeFolder, readTree, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { type FaultyProxy, startFaultyProxy } from '../../src/cluster/store/testkit/faulty-proxy.js'
import {
  describeEnvironment,
  type S3Server,
  startVersitygw,
  versitygwLack,
} from '../../src/cluster/store/testkit/versitygw.js'
import { FaultyLink } from '../../src/cluster/testkit/faulty-link.js'
import { NatsServer, natsServerLack } from '../../src/cluster/testkit/nats-server.js'
import { killChild } from '../support/process-cluster.js'
import { cliLack, cliPath, runCliWell } from '../support/run-cli.js'

const lack = cliLack ?? versitygwLack ?? natsServerLack
const shape = ['--shard-size', '64M', '--id-field', 'id', '--facet-fields', 'source']

/**
 * A phase is told from outside: by a request to the store or a message to the broker that is held back while the worker dies, or
 * by the last step that the worker said it began.
 */
type Phase =
  | { readonly step: string }
  | { readonly request: RegExp; readonly isDone: boolean }
  | { readonly message: RegExp; readonly payload: RegExp }

/** The job of a plan; one of a plan before may be delivered once more. */
const jobOf = (plan: string) => `omnigram.build.${plan}.`

const anything = /^/
const phases: readonly (readonly [string, Phase])[] = [
  ['claim: the job is on its way to it', { message: /^omnigram\.build\./, payload: anything }],
  ['claim: it asks what the plan is', { request: /^GET .*\/plan\.json/, isDone: false }],
  ['claim: it asks whether the shard is done', { request: /^GET .*\/shards\/000000\.json/, isDone: true }],
  ['fetch input', { step: 'input' }],
  ['sort', { step: 'sort' }],
  ['upload: the shard is whole, not sent', { request: /^HEAD .*\.fm/, isDone: false }],
  ['upload: it sends', { request: /^PUT .*\.fm/, isDone: false }],
  ['upload: all is there, and it has not heard', { request: /^PUT .*\.fm/, isDone: true }],
  ['commit: it writes the record', { request: /^PUT .*\/shards\/000000\.json/, isDone: false }],
  ['commit: the record is there, and it has not heard', { request: /^PUT .*\/shards\/000000\.json/, isDone: true }],
  ['publish: it writes the generation', { request: /^PUT .*\/generations\//, isDone: false }],
  ['publish: it makes it live', { request: /^PUT .*\/CURRENT/, isDone: false }],
  ['publish: it is live, and it has not heard', { request: /^PUT .*\/CURRENT/, isDone: true }],
  ['ack: it says that the job is done', { message: /^\$JS\.ACK\./, payload: /\+ACK/ }],
]

let folder: { dir: string; remove: () => Promise<void> }
let store: S3Server
let broker: NatsServer
let link: FaultyLink
let proxy: FaultyProxy
let expected: Map<string, string>
let builds = 0
/** What a request or message that is on its way does; null where nobody is to die. */
let onRequest: (request: IncomingMessage, isDone: boolean) => boolean = () => false
const children = new Set<ChildProcess>()

beforeAll(async () => {
  if (lack !== null) return
  folder = await makeFolder()
  ;[store, broker] = [await startVersitygw(), await NatsServer.start()]
  link = await FaultyLink.start(broker.port)
  proxy = await startFaultyProxy(
    store.url,
    (request) => (onRequest(request, false) ? 'stall' : null),
    (request) => onRequest(request, true),
  )
  await mkdir(join(folder.dir, 'corpus'))
  await writeJsonl(join(folder.dir, 'corpus', 'a.jsonl'), makeDocuments(6_000_000, 1))
  await runCliWell(['build', join(folder.dir, 'corpus'), '-o', join(folder.dir, 'here'), ...shape])
  expected = await readTree(join(folder.dir, 'here'))
})

afterEach(async () => {
  for (const child of children) await killChild(child)
  children.clear()
  onRequest = () => false
  if (link) link.chooseFault = () => null
})

afterAll(async () => {
  await link?.stop()
  await proxy?.stop()
  await broker?.stop()
  await store?.stop()
  await folder?.remove()
})

function start(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const stdio = ['ignore', 'ignore', 'pipe'] as const
  const child = spawn(process.execPath, [cliPath, ...args], { env: { ...process.env, ...env }, stdio: [...stdio] })
  children.add(child)
  return child
}

function startWorker(address: string, scratch: string, brokerUrl: string, env: Readonly<Record<string, string>>) {
  const limits = ['--memory', '512M', '--threads', '1', '--keep-job', '1s', '--progress']
  const place = ['--nats', brokerUrl, '--store', address, '--scratch', join(folder.dir, scratch)]
  return start(['worker', ...place, ...limits], env)
}

/** Starts a worker and kills it in the phase. Answers whether it was met: a step may be over when its line is read. */
async function dieIn(
  phase: Phase,
  { address, plan, attempt, onClaim }: { address: string; plan: string; attempt: number; onClaim: () => void },
): Promise<boolean> {
  const victim = startWorker(address, `victim-${builds}-${attempt}`, link.url, describeEnvironment(proxy.url))
  let isMet = false
  const die = () => {
    isMet = true
    victim.kill('SIGKILL')
  }
  const seen = (request: IncomingMessage) => `${request.method} ${request.url?.split('?')[0]}`
  if ('request' in phase) {
    onRequest = (request, isDone) => {
      if (isMet) return true
      if (isDone !== phase.isDone || !phase.request.test(seen(request))) return false
      die()
      return true
    }
  }
  link.chooseFault = (subject, payload) => {
    if (isMet) return 'drop'
    const isOther = subject.startsWith('omnigram.build.') && !subject.startsWith(jobOf(plan))
    if (isOther) return null
    if (subject.startsWith(jobOf(plan))) onClaim()
    if (!('message' in phase) || !phase.message.test(subject) || !phase.payload.test(payload)) return null
    die()
    return 'drop'
  }
  const steps: string[] = []
  if (!victim.stderr) throw new Error('There is no standard error.')
  const lines = createInterface(victim.stderr).on('line', (line) => {
    const step = /^(\w+) +shard 0/.exec(line)?.[1]
    if (step !== undefined) steps.push(step)
    // One whose line comes late is met in the next attempt.
    if ('step' in phase && (step === phase.step || step === 'upload')) victim.kill('SIGKILL')
  })
  await Promise.all([once(victim, 'exit'), once(lines, 'close')])
  expect(victim.signalCode).toBe('SIGKILL')
  onRequest = () => false
  link.chooseFault = () => null
  // Lines are written before the step begins: the last one is what it died in.
  return 'step' in phase ? steps.at(-1) === phase.step : isMet
}

/** What readers of the store see, without the records of the build. */
async function readStored(name: string): Promise<Map<string, string>> {
  return new Map([...(await readTree(join(store.bucketDir, name)))].filter(([path]) => !path.startsWith('plans/')))
}

describe('worker killed -9 in any phase: another one builds its shard, and nothing is left over', () => {
  beforeEach((context) => {
    if (lack !== null) context.skip(lack)
  })

  it.each(phases)('%s', async (_name, phase) => {
    const name = `build-${++builds}`
    const [address, planPath] = [`s3://test/${name}`, join(folder.dir, `${name}.json`)]
    const env = { ...store.environment, OMNIGRAM_CACHE: join(folder.dir, 'cache') }
    const planArgs = ['plan', join(folder.dir, 'corpus'), '--store', address, '-o', planPath, ...shape]
    const [planned] = await runCliWell(planArgs, { env })
    const { name: plan } = (planned as { plan: { name: string } }).plan
    const dispatch = ['cluster', 'build', planPath, '--nats', broker.url, '--keep-job', '1s']
    const first = start(dispatch, env)
    // Who hands out the work publishes too: what the victim does is to be its own.
    const onClaim = () => first.kill('SIGKILL')
    let isMet = false
    for (let attempt = 0; attempt < 4 && !isMet; attempt++)
      isMet = await dieIn(phase, { address, plan, attempt, onClaim })
    expect(isMet).toBe(true)
    const built = runCliWell(dispatch, { env })
    startWorker(address, `survivor-${builds}`, broker.url, env)
    expect(await built).toMatchObject([{ store: address, generation: '000001' }])
    expect(await readStored(name)).toEqual(expected)
    await rm(join(folder.dir, `survivor-${builds}`), { recursive: true, force: true })
  })
})
