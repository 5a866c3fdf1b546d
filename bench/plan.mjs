/**
 * How good is what `omnigram plan` predicts? For each input: the prediction for one machine out of what `omnigram bench build`
 * measures of a part of it, and what its workers take that build the plan into a folder: time, peak memory, scratch, storage.
 *
 *   node bench/plan.mjs --corpus FILE.jsonl… [--cores 1,2] [--measured FILE] [--json OUT] [--keep]
 *
 * With --keep rows of other inputs stay in OUT, so that a large input can be measured in a run of its own.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeMachine } from './machine.mjs'
import { run, runJsonLines } from './process.mjs'

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
/** A store in a folder copies at the speed of the disk. */
const network = ['--network', '1000000000']
/** How often memory and folders are looked at. */
const lookMs = 10

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', multiple: true, default: [] },
    cores: { type: 'string', default: '1,2' },
    measured: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
if (values.corpus.length === 0) throw new Error('--corpus FILE.jsonl is needed.')

/** One core: the shards that one worker builds in turn. More: at least two for each. */
function chooseShardMib(corpus, cores) {
  const most = 256
  return cores === 1 ? most : Math.min(most, Math.ceil(statSync(corpus).size / (2 * cores) / 2 ** 20))
}

function sumFiles(dir) {
  if (!existsSync(dir)) return 0
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + readSize(join(parentPath, name)), 0)
}

/** 0 of a file that was removed since it was listed. */
function readSize(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Peak of the resident memory so far, in bytes; 0 of a process that has ended. */
function readPeakMemory(pid) {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib ?? 0) * 1_024
  } catch {
    return 0
  }
}

/** Runs the workers of a machine side by side. */
async function runWorkers(planPath, scratchDir, cores, memoryMib) {
  const peaks = new Array(cores).fill(0)
  let scratchBytes = 0
  const startedAtMs = performance.now()
  const workers = peaks.map((_, index) => {
    const place = ['--index', `${index}`, '--of', `${cores}`, '--scratch', join(scratchDir, `${index}`)]
    const room = ['--memory', `${memoryMib}M`, '--threads', '1', '-q']
    return spawn(process.execPath, [cli, 'worker', '--plan', planPath, ...place, ...room], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  })
  const looks = setInterval(() => {
    for (const [index, { pid }] of workers.entries()) peaks[index] = Math.max(peaks[index], readPeakMemory(pid))
    scratchBytes = Math.max(scratchBytes, sumFiles(scratchDir))
  }, lookMs)
  const statuses = await Promise.all(workers.map((worker) => new Promise((end) => worker.on('close', end))))
  clearInterval(looks)
  if (statuses.some((status) => status !== 0)) throw new Error(`workers ended with ${statuses.join(', ')}`)
  const seconds = (performance.now() - startedAtMs) / 1_000
  return { seconds, memoryBytes: peaks.reduce((sum, bytes) => sum + bytes, 0), scratchBytes }
}

const compare = (predicted, measured) => ({ predicted, measured, error: predicted / measured - 1 })

async function measureRow(corpus, cores, measuredPath, dir) {
  const [store, planPath] = [join(dir, 'store'), join(dir, 'plan.json')]
  const shape = ['--shard-size', `${chooseShardMib(corpus, cores)}M`]
  const machine = ['--machines', '1', '--machine-cores', `${cores}`, '--replicas', '1']
  const args = ['plan', corpus, ...shape, ...machine, ...network, '--measured', measuredPath, '--json', '-q']
  const [{ estimate }] = await runJsonLines(process.execPath, [cli, ...args, '--store', store, '-o', planPath])
  const memoryMib = Math.ceil(estimate.workerMemoryBytes / 2 ** 20)
  const taken = await runWorkers(planPath, join(dir, 'scratch'), cores, memoryMib)
  const indexBytes = sumFiles(join(store, 'shards'))
  const row = {
    corpus: basename(corpus),
    cores,
    textBytes: estimate.textBytes,
    shards: estimate.shards,
    shardsAtOnce: estimate.shardsAtOnce,
    phases: estimate.phases.map(({ phase, hours }) => ({ phase, seconds: hours * 3_600 })),
    seconds: compare(estimate.hours * 3_600, taken.seconds),
    memoryBytes: compare(estimate.memoryBytes, taken.memoryBytes),
    scratchBytes: compare(estimate.scratchBytes, taken.scratchBytes),
    indexBytes: compare(estimate.indexBytes, indexBytes),
    storeBytes: compare(estimate.storeBytes, sumFiles(store)),
  }
  rmSync(store, { recursive: true, force: true })
  return row
}

const names = values.corpus.map((path) => basename(path))
const kept = values.keep && values.json ? JSON.parse(readFileSync(values.json, 'utf8')).rows : []
const rows = kept.filter(({ corpus }) => !names.includes(corpus))
/** What else the machine did before. */
const [load] = loadavg()
const dir = mkdtempSync(join(tmpdir(), 'omnigram-bench-plan-'))
try {
  for (const corpus of values.corpus) {
    const measuredPath = values.measured ?? join(dir, 'measured.json')
    if (!values.measured) await run(process.execPath, [cli, 'bench', 'build', corpus, '-o', measuredPath, '-q'])
    for (const cores of values.cores.split(',').map(Number)) {
      const row = await measureRow(corpus, cores, measuredPath, dir)
      process.stderr.write(`bench: ${JSON.stringify(row)}\n`)
      rows.push(row)
    }
  }
} finally {
  rmSync(dir, { recursive: true, force: true })
}
rows.sort((a, b) => a.textBytes - b.textBytes || a.cores - b.cores)
const record = { date: new Date().toISOString(), machine: describeMachine(), load, rows }
process.stdout.write(`${JSON.stringify(record, null, 2)}\n`)
if (values.json) writeFileSync(resolve(values.json), `${JSON.stringify(record, null, 2)}\n`)
