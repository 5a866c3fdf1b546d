/** What does a small corpus with all sorts of documents look like, and how is it built in a test? */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { BuildOptions } from '../build-options.js'

const words = [
  'the',
  'corpus',
  'größer',
  '今日は',
  'a\u0301',
  '🙂',
  'naïve',
  '\t',
  '\n',
  '\u0000',
  'index',
  'of',
  'ananas',
]

/** Numbers 0..1, the same for the same seed. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export interface SmallDocument {
  readonly id: string
  readonly text: string
  readonly source: string
}

/** About `textBytes` of text in documents of 0 to 200 words; every tenth id is taken twice. */
export function makeDocuments(textBytes: number, seed = 1): SmallDocument[] {
  const random = makeRandom(seed)
  const documents: SmallDocument[] = []
  for (let bytes = 0; bytes < textBytes; ) {
    const wordCount = random() < 0.1 ? 0 : Math.floor(random() * 200)
    const text = Array.from({ length: wordCount }, () => words[Math.floor(random() * words.length)]).join(' ')
    bytes += Buffer.byteLength(text)
    const number = documents.length
    documents.push({ id: `id-${number - (number % 10 === 9 ? 1 : 0)}`, text, source: random() < 0.5 ? 'web' : 'books' })
  }
  return documents
}

/** A new folder and what removes it. */
export async function makeFolder(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'omnigram-build-'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

export async function writeJsonl(path: string, documents: readonly object[]): Promise<string> {
  await writeFile(path, documents.map((document) => `${JSON.stringify(document)}\n`).join(''))
  return path
}

/** Options of a test's build: shards of 16 KiB, so that a small corpus has some. */
export function testOptions(
  inputs: readonly string[],
  indexDir: string,
  given: Partial<BuildOptions> = {},
): BuildOptions {
  return {
    inputs,
    indexDir,
    shardBytes: 16 * 1024,
    memoryBytes: 2 ** 30,
    threads: 2,
    format: null,
    textField: 'text',
    idField: 'id',
    metaFields: null,
    facetFields: ['source'],
    invalidUtf8: 'replace',
    isStrict: false,
    shouldResume: false,
    saRate: 32,
    isaRate: 64,
    profile: 'default',
    textStore: false,
    mode: 'create',
    ...given,
  }
}

/** The bytes of every file of a folder and below, by path. */
export async function readTree(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const tree = new Map<string, string>()
  for (const entry of entries.filter((found) => !found.isDirectory())) {
    const path = join(entry.parentPath, entry.name)
    tree.set(relative(dir, path), await readFile(path, 'latin1'))
  }
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)))
}
