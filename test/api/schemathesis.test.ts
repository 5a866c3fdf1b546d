/** Does the server keep what its OpenAPI document promises, whatever is sent? Asked by schemathesis. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/api/app.js'
import { type Listener, listen } from '../../src/api/listen.js'
import { makeTestRegistry } from '../../src/api/testkit/test-app.js'

const program = fileURLToPath(new URL('../../.omnigram/venv/bin/schemathesis', import.meta.url))

/** Values that exist, so that more than the refusals is tried. */
const config = `
[parameters]
"path.names" = ["fruit", "poems", "fruit,poems", "absent"]
"path.id" = ["0", "1", "3", "id:sun", "99"]
"path.code" = ["bad-argument", "absent"]
`

const folder = { path: '' }
const state: { server: Listener | null } = { server: null }

beforeAll(async () => {
  folder.path = await mkdtemp(join(tmpdir(), 'omnigram-schemathesis-'))
  const app = createApp(makeTestRegistry(), { rateLimit: null })
  state.server = await listen(app, { host: '127.0.0.1', port: 0 })
})

afterAll(async () => {
  await state.server?.stop()
  await rm(folder.path, { recursive: true })
})

it('finds no 5xx and no breach of the schema', async (context) => {
  if (!existsSync(program)) context.skip('schemathesis is not installed: node scripts/setup-test-tools.mjs')
  const url = state.server?.url ?? ''
  const description = dropMessagePack(await (await fetch(`${url}/openapi.json`)).json())
  await writeFile(join(folder.path, 'openapi.json'), JSON.stringify(description))
  await writeFile(join(folder.path, 'schemathesis.toml'), config)
  const { exitCode, output } = await run([
    '--config-file', 'schemathesis.toml', 'run', 'openapi.json', '--url', url, '--no-color', '--seed', '1', '--workers', '1',
    '--max-examples', '40', '--phases', 'examples,coverage,fuzzing', '--suppress-health-check', 'all',
    // Rules between two fields of a request cannot be told in a schema, so a valid request may be refused.
    '--exclude-checks', 'positive_data_acceptance',
  ])
  expect(output).toContain('SUMMARY')
  expect(exitCode, output).toBe(0)
})

/** Schemathesis cannot write MessagePack; what is said in it is compared with JSON elsewhere. */
function dropMessagePack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropMessagePack)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => key !== 'application/vnd.msgpack')
    .map(([key, inner]) => [key, dropMessagePack(inner)]))
}

function run(args: readonly string[]): Promise<{ exitCode: number | null, output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder.path })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text })
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, output }))
  })
}
