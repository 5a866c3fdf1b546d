/** How are the demo indexes built, and when again? */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, readFileSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { exitCodes, SetupFailure } from '../setup/failure.mjs'
import { root, stateDir } from '../setup/paths.mjs'
import { hashFiles, readStamp, snapshotFiles, writeStamp } from '../setup/snapshot.mjs'
import { listDemoFiles } from './files.mjs'

/** Where the demo index lies, from the root. */
export const demoDir = '.omnigram/demo'

/** Two states of a forum that was made up: small, dated, with questions of the demo's benchmark planted in them. */
export const forums = ['2024', '2026'].map((year) => ({
  indexDir: `.omnigram/forum-${year}`,
  name: `forum-${year}`,
  date: year,
  file: `${root}/scripts/demo/forum-${year}.jsonl`,
}))

const modelDir = `${process.env.OMNIGRAM_MODELS ?? `${stateDir}/models`}/smollm2-135m-instruct-q4_1`

/** Our documents as tokens of the small language model of the tests, for the page of drafts; where that model is there. */
export const drafting = {
  indexDir: '.omnigram/demo-tokens',
  modelPath: `${modelDir}/model.gguf`,
  tokenizerPath: `${modelDir}/tokenizer.json`,
  get isPossible() {
    return existsSync(this.modelPath) && existsSync(this.tokenizerPath)
  },
}

const stampPath = `${stateDir}/setup/demo.json`

/** Builds the demo indexes unless they are there, of the present packages and documents, and by the present core. */
export async function buildDemo() {
  const sources = ['package-lock.json', 'native/Cargo.lock', 'native/fmindex/src', 'scripts/demo', 'docs', 'README.md']
  const { files, signature } = snapshotFiles(sources.map((path) => `${root}/${path}`))
  const stamp = readStamp(stampPath)
  const tokenDirs = drafting.isPossible ? [drafting.indexDir] : []
  const isBuilt = [demoDir, ...forums.map(({ indexDir }) => indexDir), ...tokenDirs].every((dir) =>
    existsSync(`${root}/${dir}/CURRENT`),
  )
  if (isBuilt && stamp.signature === signature) return
  const hash = await hashFiles(files, '')
  if (!isBuilt || stamp.hash !== hash) await build()
  writeStamp(stampPath, { signature, hash })
}

async function build() {
  process.stderr.write('Building the demo index: our documents and the text of the installed dependencies …\n')
  await buildIndex(demoDir, ['--id-field', 'path', '--facet-fields', 'source,kind'], Readable.from(writeLines()))
  for (const { indexDir, file } of forums) {
    await buildIndex(indexDir, ['--id-field', 'path', '--facet-fields', 'source'], createReadStream(file))
  }
  if (!drafting.isPossible) return
  const options = ['--id-field', 'path', '--tokenizer', drafting.tokenizerPath]
  await buildIndex(drafting.indexDir, options, Readable.from(writeLines(({ source }) => source === 'omnigram')))
}

async function buildIndex(indexDir, options, input) {
  rmSync(`${root}/${indexDir}`, { recursive: true, force: true })
  const child = spawn(process.execPath, ['dist/cli/main.js', 'build', '-', ...options, '-o', indexDir], {
    cwd: root,
    stdio: ['pipe', process.stderr, 'inherit'],
  })
  const ended = once(child, 'close')
  try {
    await pipeline(input, child.stdin)
  } catch (error) {
    // A builder that gives up closes its input first; its exit status below says more.
    if (error.code !== 'EPIPE') throw error
  }
  const [status] = await ended
  if (status !== 0) throw new SetupFailure('The demo index could not be built.', status ?? exitCodes.interrupted)
}

function* writeLines(accepts = () => true) {
  for (const { file, path, source, kind } of listDemoFiles()) {
    if (!accepts({ source })) continue
    yield `${JSON.stringify({ text: readFileSync(file, 'utf8'), path, source, kind })}\n`
  }
}
