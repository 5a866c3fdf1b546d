/** How does a test get an S3 store that checks signatures and conditions as the real ones do? One process of versitygw. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AwsV4Signer } from 'aws4fetch'

const program = join(
  process.env.OMNIGRAM_TOOLS ?? fileURLToPath(new URL('../../../../.omnigram/tools', import.meta.url)),
  'versitygw',
)

/** Why there is no S3 store; null where there is one. */
export const versitygwLack = existsSync(program)
  ? null
  : `${program} is not there: node scripts/setup-test-tools.mjs builds it, or OMNIGRAM_TOOLS names its folder`

const credentials = { accessKeyId: 'test-access', secretAccessKey: 'test-secret' }

export interface S3Server {
  readonly url: string
  /** What a process needs to find `s3://test/…` there. */
  readonly environment: Readonly<Record<string, string>>
  /** Folder that holds the objects of the bucket `test` as files. */
  readonly bucketDir: string
  readonly child: ChildProcess
  /** Kills it, wherever it is in its work, and starts it again with the objects that are there. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts one with an empty bucket `test`, on a free port of loopback. */
export async function startVersitygw(): Promise<S3Server> {
  const dir = await mkdtemp(join(tmpdir(), 'omnigram-s3-'))
  const port = await findFreePort()
  const { accessKeyId, secretAccessKey } = credentials
  const args = ['--access', accessKeyId, '--secret', secretAccessKey, '--port', `127.0.0.1:${port}`, '--quiet']
  const launch = () => spawn(program, [...args, 'posix', dir], { stdio: 'ignore' })
  let child = launch()
  const kill = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await ended
  }
  const url = `http://127.0.0.1:${port}`
  await makeBucket(url)
  return {
    url,
    environment: describeEnvironment(url),
    bucketDir: join(dir, 'test'),
    get child() {
      return child
    },
    async restart() {
      await kill()
      child = launch()
      await waitUntilThere(url)
    },
    async stop() {
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function waitUntilThere(url: string): Promise<void> {
  for (let attempt = 0; (await fetch(url).catch(() => null)) === null; attempt++) {
    if (attempt >= 1_200) throw new Error(`${program} does not answer at ${url}.`)
    await sleep(50)
  }
}

/** For a store at another address that hands everything on. */
export function describeEnvironment(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
  }
}

async function makeBucket(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const options = { ...credentials, method: 'PUT', url: `${url}/test`, service: 's3', region: 'us-east-1' }
    const signed = await new AwsV4Signer(options).sign()
    const response = await fetch(signed.url, { method: 'PUT', headers: signed.headers }).catch(() => null)
    if (response?.ok) return
    if (attempt >= 1_200) throw new Error(`No bucket could be made at ${url}: ${await response?.text()}`)
    await sleep(50)
  }
}

/**
 * Ports that the system gives to nobody who leaves the choice to it, so that no other test can get one before its server
 * listens, or while that is away. Each process begins elsewhere.
 */
const [firstPort, portCount] = [12_000, 20_000]
let portsTried = 0

/** A port of loopback that nobody listens on, another one each time. */
export async function findFreePort(): Promise<number> {
  while (portsTried < portCount) {
    const port = firstPort + ((process.pid * 64 + portsTried++) % portCount)
    if (await canListen(port)) return port
  }
  throw new Error('There is no free port.')
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
