/** What does the search page show of tokens? One index with a tokenizer and one of bare ids. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../src/api/server.js'
import { buildIndex } from '../../src/build/build-index.js'
import type { TokenBuildOptions } from '../../src/build/build-options.js'
import { testOptions, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { writeTokenizer } from '../../src/tokenizer/testkit/test-tokenizer.js'
import type { Site } from './site.js'

const noTokens: TokenBuildOptions = {
  tokenizerPath: null,
  idsField: null,
  vocabulary: null,
  idsType: null,
  documentSeparator: null,
}

const texts = [
  { id: 'bands', text: 'the band of the bananas', source: 'web' },
  { id: 'café', text: 'a band of cafés', source: 'book' },
]

const ids = [
  { id: 'first', ids: [5, 6, 7, 5, 6, 8] },
  { id: 'second', ids: [9, 5, 6, 7] },
]

export async function startTokenSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-web-'))
  const build = async (name: string, rows: object[], tokens: Partial<TokenBuildOptions>) => {
    const input = await writeJsonl(join(folder, `${name}.jsonl`), rows)
    await buildIndex(testOptions([input], join(folder, name), { tokens: { ...noTokens, ...tokens } }))
    return join(folder, name)
  }
  const tokenizerPath = await writeTokenizer(join(folder, 'tokenizer.json'))
  const indexDirs = [
    await build('words', texts, { tokenizerPath }),
    await build('numbers', ids, { idsField: 'ids', vocabulary: 16 }),
  ]
  const server = await startServer({ indexDirs, host: '127.0.0.1', port: 0, isQuiet: true })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}
