/** How is the browser module built? What it needs beyond the native core is had once; without it, all else works. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { SetupFailure } from './failure.mjs'
import { root, stateDir } from './paths.mjs'

const triple = 'wasm32-unknown-unknown'
/** Says that it can't be built here, so that not every start tries again. */
const lackPath = `${stateDir}/setup/wasm-lack`

/** The module of the product, and the one of its tests that holds the laws of the core. */
export const wasmStep = makeStep('wasm', 'pkg', 'Building the browser module', [])
export const wasmLawsStep = makeStep('wasm-laws', 'laws', 'Building the laws for browsers', ['--', '--laws'])

function makeStep(name, folder, title, args) {
  return {
    name,
    sources: () => ({
      roots: [
        ...['fmindex/src', 'fmindex/Cargo.toml', 'fmindex-wasm/src', 'fmindex-wasm/Cargo.toml'],
        ...['wasm-glue/src', 'wasm-glue/Cargo.toml', 'Cargo.toml', 'Cargo.lock'],
      ]
        .map((path) => `${root}/native/${path}`)
        .concat(`${root}/scripts/build-wasm.mjs`),
    }),
    isBuilt: () => existsSync(`${root}/native/fmindex-wasm/${folder}/web/fmindex_wasm.js`) || existsSync(lackPath),

    async build() {
      const { runStep } = await import('./run-step.mjs')
      try {
        if (!hasTarget()) await runStep(`Installing the target ${triple}`, 'rustup', ['target', 'add', triple])
        await runStep(title, 'npm', ['run', '--silent', 'build:wasm', ...args])
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
}

function hasTarget() {
  const { status, stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', triple], { encoding: 'utf8' })
  return status === 0 && existsSync(stdout.trim())
}
