/** Do traps of a real model, planted in real books, come out of the index as planned, and out of the books again? */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'
import { modelLack, modelPath, tokenizerLack, tokenizerPath } from '../support/small-model.js'

let folder: Awaited<ReturnType<typeof makeFolder>>

beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())

async function runWell(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stderr, rows } = await runCli([...args, '--json', '--quiet'])
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return rows()
}

it('are counted as planned, controls nowhere, and taken out byte for byte', async (context) => {
  const lack = cliLack ?? smallCorpusLack ?? modelLack ?? tokenizerLack
  if (lack !== null) context.skip(lack)
  const at = (name: string) => join(folder.dir, name)
  const model = ['--model', modelPath, '--tokenizer', tokenizerPath, '--temperatures', '0.9,1.1', '--buckets', '1']
  const numbers = ['--lengths', '8,12,16', '--per-length', '3', '--repetitions', '1,10,100', '--variants', '1,2']
  await runWell(['build', smallCorpusPath, '-o', at('before')])
  const [made] = await runWell(['traps', 'make', at('traps.jsonl'), at('before'), ...model, ...numbers])
  expect(made).toMatchObject({ traps: 9, controls: 9 })
  await runWell(['traps', 'inject', at('traps.jsonl'), smallCorpusPath, '-o', at('injected')])
  await runWell(['build', at('injected/small.jsonl'), '-o', at('after')])
  const rows = await runWell(['traps', 'presence', at('traps.jsonl'), at('after'), '--fail-unplanned'])
  expect(rows.filter(({ planned }) => planned === 100)).toHaveLength(3)
  expect(rows.every(({ planned, found }) => planned === found)).toBe(true)
  expect(rows.every(({ found, documentCount }) => documentCount === (found === 0 ? 0 : 1))).toBe(true)
  const earlier = await runWell(['traps', 'presence', at('traps.jsonl'), at('before')])
  expect(earlier.every(({ found }) => found === 0)).toBe(true)
  await runWell(['traps', 'undo', at('injected/injection.jsonl'), '-o', at('restored')])
  expect((await readFile(at('restored/small.jsonl'))).equals(await readFile(smallCorpusPath))).toBe(true)
}, 300_000)
