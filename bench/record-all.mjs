/**
 * How are the figures of the README taken? Measures both corpora, keeps what was found in `bench/record`, and writes the table.
 *
 *   npm run bench:record -- --prose PROSE.jsonl --code CODE.jsonl
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeReadme } from './write-readme.mjs'

const { values } = parseArgs({ options: { prose: { type: 'string' }, code: { type: 'string' } } })
if (!values.prose || !values.code) {
  process.stderr.write('usage: npm run bench:record -- --prose PROSE.jsonl --code CODE.jsonl\n')
  process.exit(2)
}
const path = (name) => fileURLToPath(new URL(name, import.meta.url))
for (const name of ['prose', 'code']) {
  const args = [path('run.mjs'), '--corpus', values[name], '--json', path(`record/${name}.json`)]
  execFileSync(process.execPath, args, { stdio: 'inherit' })
}
writeReadme()
