/** What does the page of drafts look at? An index of tokens, and a model that says its texts by heart. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/api/app.js'
import { openDesk } from '../../src/api/contamination/contamination-desk.js'
import { CompletionDesk } from '../../src/api/drafting/completion-desk.js'
import { listen } from '../../src/api/listen.js'
import { IndexRegistry } from '../../src/api/served-indexes.js'
import { buildIndex } from '../../src/build/build-index.js'
import { testOptions, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { TableModel } from '../../src/models/testkit/table-model.js'
import { combineReaders } from '../../src/query/combine-readers.js'
import { openIndex } from '../../src/query/open-index.js'
import { writeTokenizer } from '../../src/tokenizer/testkit/test-tokenizer.js'
import type { Site } from './site.js'

const texts = [
  { id: 'bands', text: 'the band of the bananas and the <b>band</b> of the\u202e others' },
  { id: 'café', text: 'a band of cafés of the band' },
]

const vocabulary = 300
const endToken = 299

/** After two tokens of the first text the model goes on as the text does, now and then otherwise. */
function makeModel(ids: Uint32Array): TableModel {
  return new TableModel(vocabulary, endToken, (last, before) => {
    const logits = Array.from({ length: vocabulary }, (_, token) => ((token * 31 + last) % 17) / 50)
    const at = ids.findIndex((id, i) => id === last && (i === 0 || ids[i - 1] === before))
    logits[at < 0 ? 33 : (ids[at + 1] ?? endToken)] = 1
    return logits
  })
}

export async function startDraftsSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-web-'))
  const tokenizerPath = await writeTokenizer(join(folder, 'tokenizer.json'))
  const input = await writeJsonl(join(folder, 'words.jsonl'), texts)
  const tokens = { tokenizerPath, idsField: null, vocabulary: null, idsType: null, documentSeparator: null }
  await buildIndex(testOptions([input], join(folder, 'words'), { tokens }))
  const reader = await openIndex(join(folder, 'words'), { workers: 0 })
  const registry = new IndexRegistry([{ name: 'words', current: () => reader }], combineReaders)
  const [ids] = (await reader.encode([texts[0].text])) as Uint32Array[]
  const completions = new CompletionDesk({ name: 'parrot.gguf', model: makeModel(ids) })
  const desk = openDesk(registry)
  const listener = await listen(createApp(registry, {}, desk, completions), { host: '127.0.0.1', port: 0 })
  return {
    url: listener.url,
    async stop() {
      await listener.stop()
      await desk.close()
      await reader.close()
      await rm(folder, { recursive: true })
    },
  }
}
