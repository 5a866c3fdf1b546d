/**
 * What does a cluster look like? On one machine: a broker, an S3 store, 3 workers that build an index of a corpus, 6 shard
 * servers and a router. Its counts of 2,000 patterns are compared with those of an index that is built without any of these,
 * then it serves until Ctrl-C (`--check` ends it there).
 *
 *   npm run cluster:demo -- [corpus.jsonl] [--check]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { bootstrap } from './bootstrap.mjs'
import { exitCodes, runScript, SetupFailure } from './setup/failure.mjs'
import { root, stateDir } from './setup/paths.mjs'

const [workers, servers, replicas, patternCount, shards] = [3, 6, 2, 2_000, 9]
const cli = `${root}/dist/cli/main.js`
const toolsDir = process.env.OMNIGRAM_TOOLS ?? `${stateDir}/tools`
const corporaDir = process.env.OMNIGRAM_CORPORA ?? `${stateDir}/corpora`
const address = 's3://demo/corpus'

const children = []

function start(command, args, environment, stdio = 'ignore') {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['ignore', stdio, 'inherit'] })
  children.push(child)
  return child
}

/** The rows that a verb prints. */
async function ask(args, environment) {
  const child = start(process.execPath, [cli, ...args, '--json', '-q'], environment, 'pipe')
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (status !== 0) throw new SetupFailure(`omnigram ${args.join(' ')} ended with ${status}.`, exitCodes.internal)
  return output
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Starts a verb that goes on, and waits for its first line. */
async function serve(args, environment) {
  const child = start(process.execPath, [cli, ...args, '--json', '-q'], environment, 'pipe')
  const [chunk] = await Promise.race([once(child.stdout, 'data'), once(child, 'close').then(() => [null])])
  if (chunk === null) throw new SetupFailure(`omnigram ${args[0]} did not start.`, exitCodes.internal)
  return JSON.parse(String(chunk))
}

async function findPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function waitForPort(port) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await sleep(50)
  }
  throw new SetupFailure(`Nothing listens on port ${port}.`, exitCodes.unavailable)
}

/** Pieces of the corpus' lines, 1 to 40 characters long; the same ones each time. */
function choosePatterns(path) {
  let state = 1
  const random = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const texts = readFileSync(path, 'utf8')
    .slice(0, 20_000_000)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).text)
  return Array.from({ length: patternCount }, () => {
    const characters = texts[random(texts.length)]
    const from = random(characters.length)
    return characters.slice(from, from + 1 + random(40)).replace(/[\ud800-\udfff]/g, '')
  })
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

async function demo(corpus, dir, isCheck) {
  const [natsPort, storePort] = [await findPort(), await findPort()]
  const nats = `nats://127.0.0.1:${natsPort}`
  const [accessKey, secretKey] = ['demo-access', 'demo-secret']
  mkdirSync(join(dir, 'store/demo'), { recursive: true })
  start(join(toolsDir, 'nats-server'), [
    '-a',
    '127.0.0.1',
    '-p',
    String(natsPort),
    '-js',
    '-sd',
    join(dir, 'nats'),
    '-l',
    join(dir, 'nats.log'),
  ])
  const listen = ['--access', accessKey, '--secret', secretKey, '--port', `127.0.0.1:${storePort}`, '--quiet']
  start(join(toolsDir, 'versitygw'), [...listen, 'posix', join(dir, 'store')])
  await Promise.all([natsPort, storePort].map(waitForPort))
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${storePort}`,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    OMNIGRAM_CACHE: join(dir, 'cache'),
  }
  const shardSize = String(Math.ceil(statSync(corpus).size / shards))
  const planPath = join(dir, 'plan.json')
  const [{ plan }] = await ask(
    ['plan', corpus, '--store', address, '-o', planPath, '--shard-size', shardSize],
    environment,
  )
  say(`plan: ${plan.documents} documents in ${plan.shards} shards`)
  for (let worker = 0; worker < workers; worker++) {
    const place = ['--scratch', join(dir, `scratch-${worker}`), '--memory', '1G', '--threads', '1', '--idle', '10s']
    start(process.execPath, [cli, 'worker', '--nats', nats, '--store', address, ...place, '-q'], environment)
  }
  const [{ tookMs }] = await ask(['cluster', 'build', planPath, '--nats', nats], environment)
  say(`built by ${workers} workers in ${(tookMs / 1_000).toFixed(1)} s, published at ${address}`)
  const place = ['--of', String(servers), '--replicas', String(replicas), '--workers', '1']
  await Promise.all(
    Array.from({ length: servers }, (_, index) =>
      serve(['shard-server', address, '--nats', nats, '--index', String(index), ...place], environment),
    ),
  )
  const { url } = await serve(
    ['serve', address, '--cluster', '--nats', nats, '--port', process.env.PORT ?? '0'],
    environment,
  )
  say(`${servers} shard servers and a router answer at ${url}`)
  await compare(corpus, dir, url, shardSize)
  if (!isCheck) await new Promise(() => undefined)
}

async function compare(corpus, dir, url, shardSize) {
  const [patternsPath, indexDir] = [join(dir, 'patterns.jsonl'), join(dir, 'here')]
  writeFileSync(
    patternsPath,
    choosePatterns(corpus)
      .map((pattern) => `${JSON.stringify(pattern)}\n`)
      .join(''),
  )
  await ask(['build', corpus, '-o', indexDir, '--shard-size', shardSize, '--memory', '2G'], {})
  const [here, there] = [
    await ask(['count', indexDir, '-f', patternsPath], {}),
    await ask(['count', `${url}/v1/indexes/corpus`, '-f', patternsPath], {}),
  ]
  const differing = here.findIndex((row, at) => JSON.stringify(row) !== JSON.stringify(there[at]))
  if (here.length !== patternCount || there.length !== patternCount || differing >= 0) {
    throw new SetupFailure(`The counts differ at pattern ${differing}.`, exitCodes.internal)
  }
  say(`the counts of ${patternCount} patterns are those of an index on one machine`)
}

await runScript(async () => {
  const args = process.argv.slice(2)
  const corpus = args.find((arg) => !arg.startsWith('--')) ?? join(corporaDir, 'small.jsonl')
  const missing = [join(toolsDir, 'nats-server'), join(toolsDir, 'versitygw'), corpus].filter(
    (path) => !existsSync(path),
  )
  if (missing.length > 0) {
    const detail = `${missing.join(', ')} is missing: node scripts/setup-test-tools.mjs makes it.`
    throw new SetupFailure(detail, exitCodes.unavailable)
  }
  await bootstrap()
  const dir = mkdtempSync(join(tmpdir(), 'omnigram-cluster-'))
  const stop = () => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
  process.once('exit', stop)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0))
  await demo(corpus, dir, args.includes('--check'))
  process.exit(0)
})
