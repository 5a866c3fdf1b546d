/** Is there what omnigram is built with, and if not, how does one get it? */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { exitCodes, SetupFailure } from './failure.mjs'
import { root } from './paths.mjs'

/** Node is checked alone, as it is needed to do anything at all. */
export function checkNode() {
  const needed = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).engines.node.replace('>=', '')
  if (isAtLeast(process.versions.node, needed)) return
  throw new SetupFailure(
    `omnigram needs Node ${needed} or newer and runs on ${process.versions.node}: get it from https://nodejs.org.`,
    exitCodes.unavailable,
  )
}

/** Checks Rust and the C compiler; all that is missing stands in one line. */
export function checkCompilers() {
  const needed = /rust-version = "([\d.]+)"/.exec(readFileSync(`${root}/native/Cargo.toml`, 'utf8'))[1]
  const missing = []
  for (const tool of ['rustc', 'cargo']) {
    const version = readVersion(tool)
    if (version === null) missing.push(`${tool} ${needed} or newer (https://rustup.rs)`)
    else if (!isAtLeast(version, needed)) missing.push(`${tool} ${needed} or newer, found ${version} (rustup update)`)
  }
  if (readVersion(process.env.CC ?? 'cc') === null) {
    missing.push('a C compiler, cc (apt-get install build-essential; on macOS xcode-select --install)')
  }
  if (missing.length === 0) return
  throw new SetupFailure(`omnigram needs ${missing.join(', and ')}; then run this again.`, exitCodes.unavailable)
}

function readVersion(command) {
  const [program, ...rest] = command.split(' ')
  const run = spawnSync(program, [...rest, '--version'], { encoding: 'utf8' })
  return run.status === 0 ? (/\d+(\.\d+)+/.exec(run.stdout)?.[0] ?? '0') : null
}

function isAtLeast(version, needed) {
  const [have, want] = [version, needed].map((text) => text.split('.').map(Number))
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - want[i]
    if (difference !== 0) return difference > 0
  }
  return true
}
