/** What do the browser tests look at? Two small indexes behind a real server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addApiKey } from '../../src/api/guards/key-file.js'
import { type RunningServer, startServer } from '../../src/api/server.js'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'

/** Markup, reordering and terminal controls, as a hostile corpus would have them. */
export const hostileText =
  'before <img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> \u202ereversed\u202c \x1b[31mred\x1b[0m \x00 after'

const line = 'It is a truth universally acknowledged that a search must be exact.\n'

/** What a program in a corpus of texts looks like. */
const binary = `\x7fELF\x01\x02\x00\x00\x03\x04 loader \x05\x06\x07\x00\x00\x01`.repeat(20)

const books = [
  { text: line.repeat(40), externalId: 'truths', metadata: '{"title":"Truths","year":1813}', facets: ['novel'] },
  { text: `Naïve café.\r\n${line}`, externalId: 'café', metadata: '{"path":"menu/café"}', facets: ['menu'] },
  { text: hostileText, externalId: 'hostile', metadata: '{"url":"javascript:alert(1)"}', facets: ['web'] },
  { text: `${'x'.repeat(30_000)}needle${'y'.repeat(30_000)}`, externalId: 'long', metadata: null, facets: [null] },
  { text: binary, externalId: 'program', metadata: '{"id":12345678901234567890,"date":"2019-04-01"}', facets: ['web'] },
]

const letters = [{ text: 'My dear, it is a truth.', externalId: 'letter', metadata: null, facets: [] }]

const readerRights: Parameters<typeof addApiKey>[1] = {
  id: 'reader',
  scopes: ['count', 'search', 'documents'],
  indexes: ['*'],
  expires: null,
}

export interface Site {
  readonly url: string
  /** The one that the server asks for; absent where everybody may ask. */
  readonly key?: string
  stop(): Promise<void>
}

export async function startSite({ isGuarded = false } = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-web-'))
  const indexDirs = [join(folder, 'books'), join(folder, 'letters')]
  await buildTestIndex(indexDirs[0], { documents: books, facetFields: ['kind'], shardCount: 2 })
  await buildTestIndex(indexDirs[1], { documents: letters })
  const keysPath = isGuarded ? join(folder, 'keys.json') : undefined
  const key = keysPath === undefined ? undefined : await addApiKey(keysPath, readerRights)
  const options = { indexDirs, keysPath, host: '127.0.0.1', port: 0, isQuiet: true }
  const server: RunningServer = await startServer(options)
  return {
    url: server.url,
    key,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}
