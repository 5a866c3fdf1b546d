/** How is the browser module built? What it needs beyond the native core is had once; without it, all else works. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { SetupFailure } from './failure.mjs'
import { root, stateDir } from './paths.mjs'

const triple = 'wasm32-unknown-unknown'
/** Says that it can't be built here, so that not every start tries again. */
const lackPath = `${stateDir}/setup/wasm-lack`

const sources = () => ({
  roots: [
    ...['fmindex/src', 'fmindex/Cargo.toml', 'fmindex-wasm/src', 'fmindex-wasm/Cargo.toml'],
    ...['wasm-glue/src', 'wasm-glue/Cargo.toml', 'Cargo.toml', 'Cargo.lock'],
  ]
    .map((path) => `${root}/native/${path}`)
    .concat(`${root}/scripts/build-wasm.mjs`),
})

export const wasmStep = {
  name: 'wasm',
  sources,
  isBuilt: () => existsSync(`${root}/native/fmindex-wasm/pkg/web/fmindex_wasm.js`) || existsSync(lackPath),

  async build() {
    const { runStep } = await import('./run-step.mjs')
    try {
      if (!hasTarget()) await runStep(`Installing the target ${triple}`, 'rustup', ['target', 'add', triple])
      await runStep('Building the browser module', 'npm', ['run', '--silent', 'build:wasm'])
      rmSync(lackPath, { force: true })
    } catch (error) {
      if (!(error instanceof SetupFailure)) throw error
      process.stderr.write(
        `${error.message} There is no browser module then; all else works. rustup target add ${triple}\n`,
      )
      mkdirSync(`${stateDir}/setup`, { recursive: true })
      writeFileSync(lackPath, `${error.message}\n`)
    }
  },
}

/** The module with the laws of the core inside, for the tests alone. Comes after {@link wasmStep}, and is not where that is not. */
export const wasmLawsStep = {
  name: 'wasm-laws',
  sources,
  isBuilt: () => existsSync(`${root}/native/fmindex-wasm/laws/web/fmindex_wasm.js`) || existsSync(lackPath),

  async build() {
    if (existsSync(lackPath)) return
    const { runStep } = await import('./run-step.mjs')
    const script = [`${root}/scripts/build-wasm.mjs`, '--laws']
    await runStep('Building the browser module with the laws of the core', process.execPath, script)
  },
}

function hasTarget() {
  const { status, stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', triple], { encoding: 'utf8' })
  return status === 0 && existsSync(stdout.trim())
}
