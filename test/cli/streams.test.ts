/** Does the command line behave in pipes, files and under signals? */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { IndexFolder } from '../../src/build/index-folder.js'
import { makeDocuments, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { type CliIndex, makeCliIndex } from '../support/cli-index.js'
import { cliLack, cliPath, runCli, startCli } from '../support/run-cli.js'

let index: CliIndex

beforeAll(async () => {
  if (cliLack === null) index = await makeCliIndex()
})
afterAll(() => index?.remove())
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

async function waitForEnd(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve))
}

describe('standard output', () => {
  it('holds the result alone; totals and hints go to standard error', async () => {
    const { stdout, stderr } = await runCli(['search', index.indexDir, 'whale', '-n', '1'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('2 occurrences in 1 documents')
    expect(stderr).toContain('--from 1')
    expect((await runCli(['search', index.indexDir, 'whale', '-n', '1', '-q'])).stderr).toBe('')
  })

  it('has thousands separators for people and none in JSON', async () => {
    const path = join(index.dir, 'many.txt')
    await writeFile(path, 'x'.repeat(1_234))
    await runCli(['build', path, '-o', join(index.dir, 'many')])
    expect((await runCli(['count', join(index.dir, 'many'), 'x'])).stdout).toMatch(/^ *1,234\tx\n$/)
    expect((await runCli(['count', join(index.dir, 'many'), 'x', '--json'])).rows()).toMatchObject([{ count: 1_234 }])
  })

  it('is not coloured in a pipe', async () => {
    for (const args of [
      ['search', index.indexDir, 'whale'],
      ['inspect', index.indexDir],
      ['count', index.indexDir, 'a'],
    ]) {
      expect((await runCli(args)).stdout).not.toContain('\u001b')
    }
  })

  it('shows control characters of the corpus unless they are wanted raw', async () => {
    const shown = await runCli(['search', index.indexDir, 'bell'])
    expect(shown.stdout).toContain('bell␇ and ␛[31mred')
    const raw = await runCli(['search', index.indexDir, 'bell', '--raw'])
    expect(raw.stdout).toContain('bell\u0007 and \u001b[31mred')
  })

  it('may be closed early', async () => {
    const path = join(index.dir, 'patterns.txt')
    await writeFile(path, 'whale\n'.repeat(50_000))
    const child = startCli(['count', index.indexDir, '-f', path, '--json'])
    child.stdout.once('data', () => child.stdout.destroy())
    const [exitCode, stderr] = await Promise.all([waitForEnd(child), text(child.stderr)])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  it('that cannot be written is an error', async (context) => {
    if (!existsSync('/dev/full')) context.skip('there is no /dev/full here')
    const command = `"$0" "$1" count "$2" whale > /dev/full`
    const child = spawn('sh', ['-c', command, process.execPath, cliPath, index.indexDir])
    const [exitCode, stderr] = await Promise.all([waitForEnd(child), text(child.stderr)])
    expect(exitCode).toBe(5)
    expect(stderr).toContain('no space left on device')
    expect(stderr).not.toContain('\n    at ')
  })
})

describe('a progress line', () => {
  it('says phase, documents and speed where it is asked for', async () => {
    const build = (name: string, ...flags: string[]) =>
      runCli(['build', index.inputPath, '-o', join(index.dir, name), ...flags])
    expect((await build('shown', '--progress')).stderr).toMatch(/ % · [\d,]+ documents · .* MB\/s · shard 1\/1/)
    expect((await build('quiet', '--progress', '--quiet')).stderr).toBe('')
    expect((await build('plain')).stderr).toBe('')
  })
})

describe('Ctrl-C', () => {
  it('stops a build cleanly with 130 and says how to go on; then --resume finishes', async () => {
    const input = await writeJsonl(join(index.dir, 'long.jsonl'), makeDocuments(4_000_000))
    const args = ['build', input, '-o', join(index.dir, 'long'), '--shard-size', '200K', '--id-field', 'id']
    const child = startCli([...args, '--progress'])
    const ended = Promise.all([waitForEnd(child), text(child.stderr)])
    // From its first shard on there is something to resume.
    const firstRecord = new IndexFolder(join(index.dir, 'long')).recordPath(0)
    await vi.waitUntil(() => existsSync(firstRecord), { timeout: 60_000, interval: 1 })
    child.kill('SIGINT')
    const [exitCode, stderr] = await ended
    expect(exitCode).toBe(130)
    expect(stderr).toContain('--resume')
    expect(existsSync(join(index.dir, 'long', 'CURRENT'))).toBe(false)
    const resumed = await runCli([...args, '--resume', '--json'])
    expect(resumed.rows()).toMatchObject([{ wasResumed: true }])
    const whole = await runCli(['build', input, '-o', join(index.dir, 'whole'), ...args.slice(4)])
    expect(whole.exitCode).toBe(0)
    const readCurrent = (name: string) => readFile(join(index.dir, name, 'CURRENT'), 'utf8')
    expect(await readCurrent('long')).toBe(await readCurrent('whole'))
  })

  it('ends the wait for patterns on standard input', async () => {
    const child = startCli(['count', index.indexDir, '-f', '-'])
    const ended = Promise.all([waitForEnd(child), text(child.stderr)])
    // It listens to signals before it reads; more than a pipe holds is taken by one who reads.
    await new Promise((resolve) => child.stdin.write('whale\n'.repeat(500_000), resolve))
    child.kill('SIGINT')
    const [exitCode, stderr] = await ended
    expect(exitCode).toBe(130)
    expect(stderr).toContain('cancelled')
  })
})
