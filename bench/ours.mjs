/** How does our index do? The core alone through its measuring program, and the whole product through its command line. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { run, runJsonLines } from './process.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Path of the measuring program, built in the release profile. */
export function compileOurs() {
  const manifest = `${root}native/Cargo.toml`
  const args = ['build', '--release', '--quiet', '--manifest-path', manifest, '-p', 'fmindex-bench']
  execFileSync('cargo', args, { stdio: 'inherit' })
  return `${root}native/target/release/fmindex-bench`
}

/** Text in memory to a shard file: sort, encode, write; one thread. */
export async function buildOurs(binary, textPath, shardPath, { textStore = false } = {}) {
  const [result] = await runJsonLines(binary, [textStore ? 'build-text-store' : 'build', textPath, shardPath])
  return result
}

/** The groups of the workload; `instructions` says how much of the processor is used: all, `ssse3` or `plain`. */
export function queryOurs(binary, shardPath, workloadPath, { instructions } = {}) {
  return runJsonLines(binary, [instructions ? `query-${instructions}` : 'query', shardPath, workloadPath])
}

/** Pages of 4 KiB that a cold count of 50 bytes touches. */
export async function countOurPages(binary, shardPath, workloadPath) {
  const [result] = await runJsonLines(binary, ['pages', shardPath, workloadPath])
  return result
}

/** JSON lines to a published, checked index, with `omnigram build`. */
export async function buildOursAllIn(jsonlPath, indexDir, profile) {
  const flags = ['--profile', profile, '--json', '--quiet']
  const args = [`${root}dist/cli/main.js`, 'build', jsonlPath, '-o', indexDir, ...flags]
  const { stdout, wallMs } = await run(process.execPath, args)
  // Where it was built is nobody's business.
  const { indexDir: _, problems: __, ...report } = JSON.parse(stdout)
  return { wallMs, ...report }
}
