/**
 * How good is what `omnigram plan` predicts? For each input: the prediction for one machine with one core out of what
 * `omnigram bench build` measures of a part of it, and what a worker takes that builds the plan into a folder.
 *
 *   node bench/plan.mjs --corpus FILE.jsonl… [--measured FILE] [--json OUT]
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from './machine.mjs'
import { run, runJsonLines } from './process.mjs'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
/** What the worker may take: one shard is built at one time. */
const shape = ['--shard-size', '256M']
const machine = ['--machines', '1', '--machine-cores', '1', '--replicas', '1']
/** A store in a folder copies at the speed of the disk. */
const network = ['--network', '1000000000']

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', multiple: true, default: [] },
    measured: { type: 'string' },
    json: { type: 'string' },
  },
})
if (values.corpus.length === 0) throw new Error('--corpus FILE.jsonl is needed.')

/** Bytes of the shards in a store that is a folder. */
function sumShards(store) {
  const names = readdirSync(store, { recursive: true }).filter((name) => name.endsWith('.fm'))
  return names.reduce((sum, name) => sum + statSync(join(store, name)).size, 0)
}

const dir = mkdtempSync(join(tmpdir(), 'omnigram-bench-plan-'))
const rows = []
/** What else the machine did before. */
const [load] = loadavg()
try {
  for (const [at, corpus] of values.corpus.entries()) {
    const [store, planPath] = [join(dir, `store-${at}`), join(dir, `plan-${at}.json`)]
    const measuredPath = values.measured ?? join(dir, `measured-${at}.json`)
    if (!values.measured)
      await run(process.execPath, [cli, 'bench', 'build', corpus, ...shape, '-o', measuredPath, '-q'])
    const args = ['plan', corpus, ...shape, ...machine, ...network, '--measured', measuredPath, '--json', '-q']
    const [{ estimate }] = await runJsonLines(process.execPath, [cli, ...args, '--store', store, '-o', planPath])
    const place = ['--scratch', join(dir, `scratch-${at}`), '--memory', '4G', '--threads', '1', '-q']
    const { wallMs } = await run(process.execPath, [
      cli,
      'worker',
      '--plan',
      planPath,
      '--index',
      '0',
      '--of',
      '1',
      ...place,
    ])
    const [predictedSeconds, measuredSeconds] = [estimate.hours * 3_600, wallMs / 1_000]
    const row = {
      corpus: basename(corpus),
      textBytes: estimate.textBytes,
      shards: estimate.shards,
      phases: estimate.phases.map(({ phase, hours }) => ({ phase, seconds: hours * 3_600 })),
      predictedSeconds,
      measuredSeconds,
      error: predictedSeconds / measuredSeconds - 1,
      predictedIndexBytes: estimate.indexBytes,
      measuredIndexBytes: sumShards(store),
    }
    process.stderr.write(`bench: ${JSON.stringify(row)}\n`)
    rows.push(row)
    rmSync(store, { recursive: true, force: true })
  }
} finally {
  rmSync(dir, { recursive: true, force: true })
}
const record = { date: new Date().toISOString(), machine: describeMachine(), load, rows }
process.stdout.write(`${JSON.stringify(record, null, 2)}\n`)
if (values.json) writeFileSync(resolve(values.json), `${JSON.stringify(record, null, 2)}\n`)
