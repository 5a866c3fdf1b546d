/**
 * What do the tests use that npm and cargo do not bring? Installs the packages of system-packages.txt (as root, on Debian), the
 * API fuzzer into `.omnigram/venv`, and the corpora where their script lies beside the checkout. What cannot be had is said;
 * the tests that need it are then skipped, and say so.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { runScript, SetupFailure } from './setup/failure.mjs'
import { root, stateDir } from './setup/paths.mjs'
import { runStep } from './setup/run-step.mjs'

const schemathesisVersion = '4.32.5'
const corpusScript = `${root}/../shared/data/get-corpus.sh`
const contaminatedScript = `${root}/../shared/data/realcontam/get.sh`

/** Runs a step that the tests can do without. */
async function tryStep(title, command, args, options) {
  try {
    await runStep(title, command, args, options)
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`${error.message} The tests that need it will be skipped.\n`)
  }
}

async function installSystemPackages() {
  const missing = readFileSync(`${root}/scripts/system-packages.txt`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .filter((name) => !isPackageInstalled(name))
  if (missing.length === 0) return
  if (!existsSync('/usr/bin/apt-get') || process.getuid() !== 0) {
    process.stderr.write(
      `Not installed: ${missing.join(', ')}. As root on Debian: apt-get install ${missing.join(' ')}\n`,
    )
    return
  }
  const options = { environment: { DEBIAN_FRONTEND: 'noninteractive' } }
  await refreshPackageLists()
  await tryStep(
    `Installing ${missing.join(', ')}`,
    'apt-get',
    ['install', '-y', '--no-install-recommends', ...missing],
    options,
  )
}

function isPackageInstalled(name) {
  const query = spawnSync('dpkg-query', ['--show', '--showformat', '${db:Status-Status}', name], { encoding: 'utf8' })
  return query.stdout === 'installed'
}

let areListsFresh = false

async function refreshPackageLists() {
  if (areListsFresh) return
  await tryStep('Refreshing the package lists', 'apt-get', ['update', '-q'])
  areListsFresh = true
}

async function installSchemathesis() {
  const program = `${stateDir}/venv/bin/schemathesis`
  const found = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (found.status === 0 && found.stdout.includes(schemathesisVersion)) return
  await tryStep('Making a Python environment', 'python3', ['-m', 'venv', `${stateDir}/venv`])
  const args = ['install', '--quiet', `schemathesis==${schemathesisVersion}`]
  await tryStep('Installing schemathesis', `${stateDir}/venv/bin/pip`, args)
}

async function makeCorpora() {
  const folder = process.env.OMNIGRAM_CORPORA ?? `${stateDir}/corpora`
  if (!existsSync(corpusScript) || existsSync(`${folder}/small.jsonl`)) return
  if (process.getuid() === 0) await refreshPackageLists()
  await tryStep('Making the small corpus', 'bash', [corpusScript, 'small', folder])
}

/** A corpus of published packages that holds items of public benchmarks. */
async function makeContaminatedCorpus() {
  const folder = process.env.OMNIGRAM_CORPORA ?? `${stateDir}/corpora`
  if (!existsSync(contaminatedScript) || existsSync(`${folder}/pkgs.jsonl`)) return
  await tryStep('Making the contaminated corpus', 'bash', [contaminatedScript, `${folder}/realcontam`])
}

await runScript(async () => {
  await installSystemPackages()
  await installSchemathesis()
  await makeCorpora()
  await makeContaminatedCorpus()
})
