/** Which small index do the tests of the command line ask? Built by the command line itself, in several shards. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { runCli } from './run-cli.js'

export const cliTexts = [
  'Call me Ishmael. Some years ago',
  'the whale, the white whale\nand the sea',
  'größer, 今日は, 🙂🙂',
  'tab\there, nul\u0000here, bell\u0007 and \u001b[31mred',
  'aaaa',
]

export interface CliIndex {
  readonly dir: string
  readonly inputPath: string
  /** Folder of the index `sea`. */
  readonly indexDir: string
  readonly remove: () => Promise<void>
}

export async function makeCliIndex(): Promise<CliIndex> {
  const { dir, remove } = await makeFolder()
  const inputPath = join(dir, 'sea.jsonl')
  const indexDir = join(dir, 'sea')
  const lines = cliTexts.map((text, at) => JSON.stringify({ text, id: `doc-${at}`, source: at < 2 ? 'book' : 'web' }))
  await writeFile(inputPath, `${lines.join('\n')}\n`)
  const fields = ['--id-field', 'id', '--facet-fields', 'source', '--shard-size', '80']
  const { exitCode, stderr } = await runCli(['build', inputPath, '-o', indexDir, ...fields])
  if (exitCode !== 0) throw new Error(stderr)
  return { dir, inputPath, indexDir, remove }
}
