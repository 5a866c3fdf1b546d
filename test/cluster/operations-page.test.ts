import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, makeFolder, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { findFreePort } from '../../src/cluster/store/testkit/versitygw.js'
import { clusterLack } from '../support/cluster-services.js'
import { cliPath, runCli } from '../support/run-cli.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const toolsDir = process.env.OMNIGRAM_TOOLS ?? join(root, '.omnigram/tools')

let folder: { dir: string; remove: () => Promise<void> }
let shell: ChildProcess | null = null

beforeAll(async () => {
  folder = await makeFolder()
})

afterAll(async () => {
  // All that the page starts in the background is of one group.
  if (shell?.pid !== undefined) process.kill(-shell.pid, 'SIGKILL')
  await folder.remove()
})

/** The first block of commands of the page, at ports that are free. */
async function readCommands(): Promise<{ commands: string; routerPort: number }> {
  const page = await readFile(join(root, 'docs/operations.md'), 'utf8')
  const [brokerPort, storePort, routerPort] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const ports: Readonly<Record<string, number>> = { 4222: brokerPort, 7070: storePort, 8080: routerPort }
  // All at once: a free port may hold the digits of another one.
  const commands = (/```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? '').replaceAll(/4222|7070|8080/g, (port) =>
    String(ports[port]),
  )
  // The page starts it where it listens by default.
  return {
    commands: commands.replace('nats-server -a 127.0.0.1', `nats-server -a 127.0.0.1 -p ${brokerPort}`),
    routerPort,
  }
}

describe('docs/operations.md', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it('followed literally in a clean folder, builds an index on workers and serves it from shard servers', async () => {
    const { commands, routerPort } = await readCommands()
    expect(commands).toContain('omnigram cluster build')
    const documents = makeDocuments(9_000_000, 4)
    await writeJsonl(join(folder.dir, 'corpus.jsonl'), documents)
    const bin = join(folder.dir, 'bin/omnigram')
    await mkdir(dirname(bin))
    await writeFile(bin, `#!/bin/sh\nexec ${process.execPath} ${cliPath} "$@"\n`)
    await chmod(bin, 0o755)
    const PATH = [dirname(bin), toolsDir, process.env.PATH].join(':')
    const env = { ...process.env, PATH }
    const log = await open(join(folder.dir, 'log'), 'w')
    shell = spawn('bash', ['-e'], { cwd: folder.dir, env, detached: true, stdio: ['pipe', log.fd, log.fd] })
    shell.stdin?.end(commands)
    const [status] = (await once(shell, 'exit')) as [number | null]
    await log.close()
    expect(status, await readFile(join(folder.dir, 'log'), 'utf8')).toBe(0)
    const url = `http://127.0.0.1:${routerPort}/v1/indexes/corpus`
    const count = async () => (await runCli(['count', url, 'ananas', '--json'])).stdout
    await expect.poll(count, { timeout: 120_000, interval: 500 }).not.toBe('')
    const here = join(folder.dir, 'here')
    expect((await runCli(['build', join(folder.dir, 'corpus.jsonl'), '-o', here])).exitCode).toBe(0)
    expect(await count()).toBe((await runCli(['count', here, 'ananas', '--json'])).stdout)
  })
})
