/** What do the tests consist of? Each stage answers `{passed, failed, skips, failures}`. */
import { readFileSync, rmSync } from 'node:fs'
import { root, stateDir } from '../setup/paths.mjs'
import { runShown } from './run-shown.mjs'

const manifest = ['--manifest-path', 'native/Cargo.toml']
const tool = (path) => `node_modules/${path}`

export const stages = [
  () => check('Lint and format', process.execPath, [tool('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings']),
  () => check('Types', process.execPath, [tool('typescript/bin/tsc')]),
  () => check('Types of the web pages', process.execPath, [tool('typescript/bin/tsc'), '--noEmit', '-p', 'web']),
  () => check('Rust format', 'cargo', ['fmt', ...manifest, '--all', '--check']),
  () =>
    check('Rust lint', 'cargo', [
      'clippy',
      ...manifest,
      '--workspace',
      // Not `--all-targets`: it would lint the binding as a test program, which it cannot be.
      ...['--lib', '--bins', '--tests'],
      '--all-features',
      '--',
      '-D',
      'warnings',
    ]),
  testRust,
  testTypeScript,
]

/** A check is no test: it counts only when it fails. */
async function check(title, command, args) {
  const { status } = await runShown(title, command, args)
  return { passed: 0, failed: status === 0 ? 0 : 1, skips: [], failures: status === 0 ? [] : [title] }
}

async function testRust() {
  const args = ['test', ...manifest, '--workspace', '--all-features', '--no-fail-fast']
  const { status, output } = await runShown('Rust tests', 'cargo', args, { CARGO_TERM_COLOR: 'never' })
  return tallyRust(output, status)
}

/** Sums the lines that cargo's test programs end with. */
export function tallyRust(output, status) {
  const tally = { passed: 0, failed: 0, skips: [], failures: [] }
  for (const [, passed, failed] of output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed;/gm)) {
    tally.passed += Number(passed)
    tally.failed += Number(failed)
  }
  for (const [, name, reason] of output.matchAll(/^test (.+) \.\.\. ignored(?:, (.*))?$/gm)) {
    tally.skips.push(reason ? `${name}: ${reason}` : name)
  }
  for (const [, name] of output.matchAll(/^test (.+) \.\.\. FAILED$/gm)) tally.failures.push(name)
  if (status !== 0 && tally.failed === 0) {
    // It did not compile, or a test program died.
    tally.failed = 1
    tally.failures.push('Rust tests did not run to their end')
  }
  return tally
}

async function testTypeScript() {
  const path = `${stateDir}/tally.json`
  rmSync(path, { force: true })
  const args = [tool('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=./scripts/test/tally-reporter.mjs']
  const { status } = await runShown('TypeScript and browser tests', process.execPath, args, { OMNIGRAM_TALLY: path })
  return readTally(path, status)
}

function readTally(path, status) {
  let tally
  try {
    tally = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skips: [], failures: ['vitest did not run to its end'] }
  }
  tally.failures = tally.failures.map((failure) => failure.replace(`${root}/`, ''))
  if (status !== 0 && tally.failed === 0) {
    tally.failed = 1
    tally.failures.push('vitest ended with an error')
  }
  return tally
}
