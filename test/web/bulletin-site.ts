/** What do the tests of the bulletin look at? Two dated corpora with a planted benchmark, behind a real server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../src/api/server.js'
import { defaultOptions } from '../../src/contamination/contamination-options.js'
import { readBenchmarks } from '../../src/contamination/read-benchmark.js'
import { formatReport } from '../../src/contamination/report.js'
import { runContamination } from '../../src/contamination/run-contamination.js'
import { openIndex } from '../../src/query/open-index.js'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'
import type { Site } from './site.js'

const [hens, harbour, train, maple] = [
  'A farmer keeps twelve brown hens and each of them lays five eggs a week; how many eggs does he sell in March?',
  'Which of the old harbour towns on the northern coast kept its own calendar until the railway came to it?',
  'A train of nine carriages leaves the valley at noon with forty passengers in every one of its carriages.',
  'Which gas do the leaves of a maple tree take from the air on a bright and windless morning in early June?',
]

/** A name and a text that try to be more than text. */
const hostile = '<img src=x onerror="document.title=\'owned\'"> & "quotes"'

const items = [
  { id: 'hens', question: hens, answer: 'sixty', benchmark: 'farm sums', category: 'Math' },
  { id: 'train', question: train, answer: '360', benchmark: 'farm sums', category: 'Math' },
  { id: 'harbour', question: harbour, answer: 'none', benchmark: 'old towns', category: 'Knowledge' },
  { id: 'maple', question: maple, answer: 'carbon dioxide', benchmark: 'old towns', category: 'Knowledge' },
  { id: 'hostile', question: `${hostile} ${maple}`, answer: 'x', benchmark: hostile, category: hostile },
]

const older = [
  {
    text: `Homework. ${hens} Answer: sixty.`,
    externalId: 'page/1',
    metadata: '{"url":"javascript:alert(1)"}',
    facets: [],
  },
  { text: `${hostile} ${maple}`, externalId: 'page/2', metadata: null, facets: [] },
]
const newer = [...older, { text: `Notes: ${harbour.slice(0, 70)} …`, externalId: 'page/3', metadata: null, facets: [] }]

/** Lines of a benchmark of which every third item is in the corpora. */
export function writeUpload(count: number): string {
  const ask = (at: number) =>
    at % 3 === 0 ? hens : `Number ${at}: who walked along the river to the mill of the village?`
  return Array.from({ length: count }, (_, at) => `${JSON.stringify({ id: at, question: ask(at) })}\n`).join('')
}

export interface BulletinSite extends Site {
  readonly folder: string
  readonly indexDirs: readonly string[]
  readonly reportPath: string
}

export async function startBulletinSite(): Promise<BulletinSite> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-bulletin-'))
  const indexDirs = [join(folder, 'crawl-2024'), join(folder, 'crawl-2025')]
  await buildTestIndex(indexDirs[0], { documents: older })
  await buildTestIndex(indexDirs[1], { documents: newer })
  await writeFile(join(folder, 'report.json'), await makeReport(folder, indexDirs))
  const server = await startServer({
    indexDirs,
    host: '127.0.0.1',
    port: 0,
    isQuiet: true,
    reportPaths: [join(folder, 'report.json')],
    stateDir: join(folder, 'state'),
  })
  return {
    url: server.url,
    folder,
    indexDirs,
    reportPath: join(folder, 'report.json'),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

async function makeReport(folder: string, indexDirs: readonly string[]): Promise<string> {
  const path = join(folder, 'benchmark.jsonl')
  await writeFile(path, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
  const readers = await Promise.all(indexDirs.map((indexDir) => openIndex(indexDir, { workers: 0 })))
  try {
    const report = await runContamination(readers, await readBenchmarks(path), {
      ...defaultOptions,
      views: ['exact', 'ignore-case'],
      corpusDates: { 'crawl-2024': '2024-03', 'crawl-2025': '2025-03' },
      date: '2026-02-03T04:05:06.000Z',
      programVersion: '0.0.0',
    })
    return formatReport(report)
  } finally {
    await Promise.all(readers.map((reader) => reader.close()))
  }
}
