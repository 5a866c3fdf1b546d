/**
 * Is everything installed and built, and if not, what is missing or stale? The first step of `npm start`, `npm test` and
 * `./omnigram`: plain Node without a dependency. While nothing changes it costs one stat a source file; what builds is only loaded
 * when there is something to build.
 */
import { runScript } from './setup/failure.mjs'
import { nativeStep } from './setup/native.mjs'
import { packagesStep } from './setup/packages.mjs'
import { stateDir } from './setup/paths.mjs'
import { hashFiles, readStamp, snapshotFiles, writeStamp } from './setup/snapshot.mjs'
import { typescriptStep } from './setup/typescript.mjs'
import { wasmLawsStep, wasmStep } from './setup/wasm.mjs'
import { webStep } from './setup/web.mjs'

/** What the command line needs. */
export const commandSteps = [packagesStep, typescriptStep, nativeStep]
/** What the server needs. */
export const allSteps = [...commandSteps, wasmStep, webStep]
/** What the tests need. */
export const testSteps = [...allSteps, wasmLawsStep]

/**
 * Brings the steps up to date, in order. Two that run at once in a checkout wait for each other.
 *
 * Throws a `SetupFailure` with one line for the user.
 */
export async function bootstrap(steps = allSteps) {
  if (steps.every(isFresh)) return
  const { checkNode } = await import('./setup/toolchain.mjs')
  checkNode()
  const { withLock } = await import('./setup/lock.mjs')
  await withLock(`${stateDir}/setup/lock`, async () => {
    for (const step of steps) await updateStep(step)
  })
}

function isFresh(step) {
  const { roots, accepts } = step.sources()
  return step.isBuilt() && snapshotFiles(roots, accepts).signature === readStamp(stampPath(step)).signature
}

/** Builds a step unless its sources hold what they held at the last build: a new time alone rebuilds nothing. */
async function updateStep(step) {
  const { roots, accepts, salt = '' } = step.sources()
  const { files, signature } = snapshotFiles(roots, accepts)
  const hash = await hashFiles(files, salt)
  if (!step.isBuilt() || hash !== readStamp(stampPath(step)).hash) await step.build()
  writeStamp(stampPath(step), { signature, hash })
}

function stampPath(step) {
  return `${stateDir}/setup/${step.name}.json`
}

if (process.argv[1] === import.meta.filename) await runScript(() => bootstrap())
