/** Does a check survive its server? It is killed in the middle, and another one comes up on the same folder. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'
import { cliLack, startCli } from '../support/run-cli.js'

const sentence =
  'The miller of the lower village keeps his geese behind the mill, where nobody can see them from the road.'

/** Long enough that a server is killed before it is done. */
const items = 20_000

const state = { folder: '' }
beforeAll(async () => {
  state.folder = await mkdtemp(join(tmpdir(), 'omnigram-check-kill-'))
  await buildTestIndex(join(state.folder, 'village'), { documents: [{ text: sentence.repeat(200) }] })
})
afterAll(() => rm(state.folder, { recursive: true, force: true }))

async function startServer() {
  const args = ['serve', 'village', '--port', '0', '--state', 'state', '--workers', '1', '--json', '--quiet']
  const child = startCli(args, { cwd: state.folder })
  child.stderr.resume()
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, root: `${(JSON.parse(line) as { url: string }).url}/v1/contamination` }
}

interface Answer {
  readonly check: { readonly id: string; readonly state: string; readonly report: string | null }
}

async function read(address: string, init?: RequestInit): Promise<Answer> {
  return (await (await fetch(address, init)).json()) as Answer
}

async function readUntil(address: string, states: readonly string[]): Promise<Answer['check']> {
  for (;;) {
    const { check } = await read(address)
    if (states.includes(check.state)) return check
    await wait(20)
  }
}

it('a check whose server was killed is done by the next one, and nothing of it is published', async (context) => {
  if (cliLack) context.skip(cliLack)
  const first = await startServer()
  const body = Array.from({ length: items }, (_, at) => `${JSON.stringify({ question: `${at} ${sentence}` })}\n`).join(
    '',
  )
  const path = 'checks?name=village&indexes=village&views=exact,ignore-case,flexible-space'
  const headers = { 'content-type': 'application/x-ndjson' }
  const { check } = await read(`${first.root}/${path}`, { method: 'POST', headers, body })
  expect((await readUntil(`${first.root}/checks/${check.id}`, ['running', 'done'])).state).toBe('running')
  first.child.kill('SIGKILL')
  await once(first.child, 'close')

  const second = await startServer()
  try {
    const ended = await readUntil(`${second.root}/checks/${check.id}`, ['done', 'failed'])
    expect(ended).toMatchObject({ problem: null, state: 'done', report: check.id })
    const report = await fetch(`${second.root}/reports/${check.id}`)
    expect(report.status).toBe(200)
    const table = (await (await fetch(`${second.root}/cells?table=community`)).json()) as { cells: unknown[] }
    expect(table.cells).toEqual([])
  } finally {
    second.child.kill('SIGTERM')
    await once(second.child, 'close')
  }
})
