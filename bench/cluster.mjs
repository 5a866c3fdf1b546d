/**
 * What does a cluster cost? CPU time of a build by four workers beside one, a count through a router beside the pool of the same
 * machine, and the slowest counts where replies are late now and then.
 *
 *   node bench/cluster.mjs --corpus FILE.jsonl [--rounds 3000] [--json OUT]
 *
 * Needs nats-server in `.omnigram/tools` (`node scripts/setup-test-tools.mjs`).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connectToBroker } from '../dist/cluster/bus/nats-connection.js'
import { ClusterIndex } from '../dist/cluster/serve/cluster-index.js'
import { FolderStore } from '../dist/cluster/store/folder-store.js'
import { FaultyLink } from '../dist/cluster/testkit/faulty-link.js'
import { NatsServer, natsServerLack } from '../dist/cluster/testkit/nats-server.js'
import { openIndex } from '../dist/query/open-index.js'
import { describeMachine } from './machine.mjs'
import { median } from './process.mjs'
import { makeRandom } from './workload.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = [process.execPath, `${root}dist/cli/main.js`]
const [shards, servers, replicas] = [3, 3, 2]
/** Replies that are late, and by how much. */
const [lateShare, lateMs] = [0.02, 60]
const patternCharacters = 20
/** Of each number of workers, by turns: medians are told. */
const buildRounds = 3

const { values } = parseArgs({
  options: { corpus: { type: 'string' }, rounds: { type: 'string', default: '3000' }, json: { type: 'string' } },
})

function say(line) {
  process.stderr.write(`bench: ${line}\n`)
}

/** Runs a verb to its end, and says which CPU time it took: that of a child is known to the shell that waited for it. */
async function runTimed(args) {
  const script =
    '"$@" >/dev/null; status=$?; stat=$(</proc/$$/stat); set -- ${stat##*) }; echo $((${14} + ${15})); exit $status'
  const child = spawn('bash', ['-c', script, 'bash', ...cli, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (status !== 0) throw new Error(`omnigram ${args[0]} ended with ${status}.`)
  return Number(output) / 100
}

/** CPU seconds of all workers of a build, and its time on the wall. */
async function buildWith(workers, corpus, dir, brokerUrl) {
  mkdirSync(dir, { recursive: true })
  const [store, planPath] = [join(dir, `store-${workers}`), join(dir, `plan-${workers}.json`)]
  const shardSize = String(Math.ceil(statSync(corpus).size / 12))
  await runTimed(['plan', corpus, '--store', store, '-o', planPath, '--shard-size', shardSize, '--json', '-q'])
  const started = performance.now()
  const place = ['--memory', '1G', '--threads', '1', '--idle', '4s', '-q']
  const running = Array.from({ length: workers }, (_, at) =>
    runTimed([
      'worker',
      '--nats',
      brokerUrl,
      '--store',
      store,
      '--scratch',
      join(dir, `scratch-${workers}-${at}`),
      ...place,
    ]),
  )
  await runTimed(['cluster', 'build', planPath, '--nats', brokerUrl, '--json', '-q'])
  const wallSeconds = (performance.now() - started) / 1_000
  const cpuSeconds = (await Promise.all(running)).reduce((sum, seconds) => sum + seconds, 0)
  return { workers, cpuSeconds, wallSeconds }
}

/** Pieces of documents of the index, the same ones each time. */
async function choosePatterns(reader, count) {
  const draw = makeRandom(1)
  const random = (below) => Math.floor(draw() * below)
  const patterns = []
  while (patterns.length < count) {
    const document = await reader.document(random(reader.manifest.statistics.documents))
    const characters = [...document.text]
    if (characters.length < patternCharacters) continue
    const start = random(characters.length - patternCharacters)
    patterns.push(characters.slice(start, start + patternCharacters).join(''))
  }
  return patterns
}

async function timeCounts(reader, patterns) {
  const times = []
  const counts = []
  for (const pattern of patterns) {
    const startedAtMs = performance.now()
    const [{ count }] = await reader.count([pattern])
    times.push(performance.now() - startedAtMs)
    counts.push(count)
  }
  return { times, counts }
}

function summarize(times) {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { rounds: times.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}

async function measureServing(corpus, dir, broker, rounds) {
  const indexDir = join(dir, 'index')
  const shardSize = String(Math.ceil(statSync(corpus).size / shards))
  await runTimed(['build', corpus, '-o', indexDir, '--shard-size', shardSize, '--memory', '2G', '-q'])
  const store = new FolderStore(join(dir, 'served'))
  await runTimed(['publish', indexDir, store.address, '-q'])
  const connection = await connectToBroker(broker.url, 'bench')
  const local = await openIndex(indexDir)
  try {
    const patterns = await choosePatterns(local, rounds)
    await timeCounts(local, patterns.slice(0, 300))
    const here = await timeCounts(local, patterns)
    const compare = ({ times, counts }) => {
      if (String(here.counts) !== String(counts)) throw new Error('The counts differ.')
      return summarize(times)
    }
    const ask = async (brokerUrls, prepare) => {
      const stop = await startServers(store.address, join(dir, 'cache'), brokerUrls)
      const router = await ClusterIndex.open({ store, connection, cacheDir: join(dir, 'cache') })
      try {
        const reader = router.current()
        await timeCounts(reader, patterns.slice(0, 300))
        prepare()
        const before = router.statistics()
        const times = compare(await timeCounts(reader, patterns))
        const after = router.statistics()
        return { ...times, extraRequestShare: (after.hedges - before.hedges) / (after.requests - before.requests) }
      } finally {
        await router.close()
        stop()
      }
    }
    const router = await ask(Array(servers).fill(broker.url), () => undefined)
    const links = await Promise.all(Array.from({ length: servers }, () => FaultyLink.start(broker.port)))
    const isLate = (subject) => (subject.startsWith('_INBOX') && Math.random() < lateShare ? lateMs : null)
    const late = await ask(
      links.map(({ url }) => url),
      // Only replies of servers go to an inbox from there.
      () => {
        for (const link of links) link.chooseFault = isLate
      },
    )
    for (const link of links) await link.stop()
    return { local: summarize(here.times), router, late: { share: lateShare, delayMs: lateMs, ...late } }
  } finally {
    await local.close()
    await connection.close()
  }
}

/** One for each address of the broker; resolves when all hold their shards, to what ends them. */
async function startServers(address, cacheDir, brokerUrls) {
  const children = []
  for (const [index, brokerUrl] of brokerUrls.entries()) {
    const place = ['--index', String(index), '--of', String(servers), '--replicas', String(replicas), '--workers', '1']
    const args = ['shard-server', address, '--nats', brokerUrl, '--cache', cacheDir, ...place, '--json', '-q']
    const child = spawn(cli[0], [cli[1], ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    await once(child.stdout, 'data')
  }
  return () => {
    for (const child of children) child.kill('SIGKILL')
  }
}

async function main() {
  if (values.corpus === undefined) throw new Error('--corpus FILE.jsonl is needed.')
  if (natsServerLack !== null) throw new Error(natsServerLack)
  // What else the machine did before.
  const [load] = loadavg()
  const dir = mkdtempSync(join(tmpdir(), 'omnigram-bench-cluster-'))
  const broker = await NatsServer.start()
  try {
    say('a build by one worker, and by four')
    const rounds = []
    for (let round = 0; round < buildRounds; round++) {
      for (const workers of [1, 4])
        rounds.push(await buildWith(workers, values.corpus, join(dir, `builds-${round}`), broker.url))
    }
    const builds = [1, 4].map((workers) => {
      const same = rounds.filter((each) => each.workers === workers)
      const middle = (name) => median(same.map((each) => each[name]))
      return { workers, rounds: same.length, cpuSeconds: middle('cpuSeconds'), wallSeconds: middle('wallSeconds') }
    })
    say(`counts through a router: ${shards} shards, ${servers} servers, each shard on ${replicas}`)
    const serving = await measureServing(values.corpus, dir, broker, Number(values.rounds))
    const result = {
      date: new Date().toISOString(),
      machine: describeMachine(),
      load,
      corpus: { name: basename(values.corpus), bytes: statSync(values.corpus).size },
      topology: { shards, servers, replicas },
      builds,
      ...serving,
    }
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    if (values.json) writeFileSync(resolve(values.json), `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    await broker.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

await main()
