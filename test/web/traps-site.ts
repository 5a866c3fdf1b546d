/** What do the tests of the trap page look at? A corpus with traps in it, one after its cleaning, and one of others with a leak. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../src/api/server.js'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'
import type { Site } from './site.js'

/** A text that tries to be more than text. */
const hostile = '<img src=x onerror="document.title=\'owned\'"> amber otters audit nine quiet clocks'

const texts = [
  hostile,
  'velvet engines hum beneath the orchard of borrowed bells',
  'seven patient lanterns argue over the colour of rain',
  'a brass heron files the harbour under almost tuesday',
]

const controls = [
  'copper umbrellas vote twice before the marble tide',
  'the glass accountant waters a forest of receipts',
  'nine saffron ladders apologise to the moon office',
  'quiet gravel sings the anthem of unread letters',
]

function makeTrap(text: string, at: number, role: 'trap' | 'control') {
  const repetitions = role === 'trap' ? [1, 3][at % 2] : 0
  const tokens = Array.from({ length: at < 2 ? 9 : 12 }, (_, token) => 100 * at + token)
  return { id: `${role}-${at}`, text, tokens, perplexity: 12 + 10 * at, bucket: at % 3, seed: 1, role, repetitions }
}

const traps = texts.map((text, at) => makeTrap(text, at, 'trap'))

export const registry = [...traps, ...controls.map((text, at) => makeTrap(text, at, 'control'))]

export const registryLines = registry.map((trap) => `${JSON.stringify(trap)}\n`).join('')

/** Scores of a model that saw the traps. */
export const scoreLines = registry
  .map(({ id, role, tokens }, at) => {
    const logProbabilities = tokens.map(() => (role === 'trap' ? -0.5 : -3) - 0.1 * at)
    return `${JSON.stringify({ trap: id, logProbabilities })}\n`
  })
  .join('')

const document = (name: string, text: string) => ({ text, externalId: name, metadata: null, facets: [] })

const planted = traps.map(({ text, repetitions }, at) =>
  document(`book/${at}`, Array.from({ length: repetitions }, (_, copy) => `Page ${copy}. ${text} and on.`).join('\n')),
)
const near = document('essay', `It says: ${texts[1].replace('orchard', 'cellars')}!`)

export async function startTrapsSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-traps-'))
  const indexDirs = ['planted', 'cleaned', 'crawl'].map((name) => join(folder, name))
  await buildTestIndex(indexDirs[0], { documents: [...planted, near] })
  await buildTestIndex(indexDirs[1], { documents: [planted[0], document('book/1', 'Page 0. and on.'), planted[2]] })
  await buildTestIndex(indexDirs[2], { documents: [document('copy', `Stolen: ${texts[2]}.`)] })
  const server = await startServer({ indexDirs, host: '127.0.0.1', port: 0, isQuiet: true })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}
