/** What does the bulletin of the demo show? A real report: its own small benchmark, looked for in its own indexes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { exitCodes, SetupFailure } from '../setup/failure.mjs'
import { root, stateDir } from '../setup/paths.mjs'
import { hashFiles, readStamp, snapshotFiles, writeStamp } from '../setup/snapshot.mjs'
import { demoDir, forums } from './build-demo.mjs'

/** Where the report lies, from the root. */
export const reportPath = '.omnigram/demo-report.json'
const benchmarkPath = 'scripts/demo/benchmark.jsonl'
const stampPath = `${stateDir}/setup/demo-report.json`

/** Makes the report unless it is there, of the present benchmark and indexes, and by the present method. */
export async function buildReport() {
  const indexDirs = [demoDir, ...forums.map(({ indexDir }) => indexDir)]
  const sources = [benchmarkPath, 'src/contamination', ...indexDirs.map((indexDir) => `${indexDir}/CURRENT`)]
  const { files, signature } = snapshotFiles(sources.map((path) => `${root}/${path}`))
  const stamp = readStamp(stampPath)
  const isBuilt = existsSync(`${root}/${reportPath}`)
  if (isBuilt && stamp.signature === signature) return
  const hash = await hashFiles(files, '')
  if (!isBuilt || stamp.hash !== hash) await build(indexDirs)
  writeStamp(stampPath, { signature, hash })
}

async function build(indexDirs) {
  process.stderr.write('Checking the benchmark of the demo, which is partly planted in its indexes …\n')
  const dates = forums.flatMap(({ name, date }) => ['--corpus-date', `${name}=${date}`])
  const options = ['--benchmark', benchmarkPath, '--view', 'all', ...dates, '-o', reportPath, '--quiet']
  const child = spawn(process.execPath, ['dist/cli/main.js', 'contamination', 'run', ...indexDirs, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new SetupFailure('The demo report could not be made.', status ?? exitCodes.interrupted)
}
