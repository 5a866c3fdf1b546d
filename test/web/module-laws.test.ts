/** Do the laws hold under Node, on the `nodejs` build of the browser module, for its own shards and for those of the native core? */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { openInPage } from '../../src/browser/open-in-page.js'
import { prepareHostedFolder } from '../../src/browser/testkit/hosted-folder.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { buildByModule } from '../support/build-by-module.js'
import { describeTextLaws } from '../support/text-laws.js'

const hosted = prepareHostedFolder()

/** The place in the folder of a shard that the native core built. */
async function buildNative(texts: readonly string[]): Promise<string> {
  return (await hosted.build({ documents: texts.map((text) => ({ text })) })).shard
}

describe.skipIf(wasmLack)('under Node', () => {
  describeTextLaws('a shard of the native core on a file host', async ({ texts }) => {
    const { reader } = await openInPage(`${hosted.address}/${await buildNative(texts)}`, { blockBits: 9 })
    return reader
  })
  describeTextLaws('a shard of the native core in memory', async ({ texts }) => {
    const bytes = await readFile(join(hosted.path, await buildNative(texts)))
    return (await openInPage(new Uint8Array(bytes))).reader
  })
  describeTextLaws('a shard that the module built', async ({ texts }) => {
    return (await openInPage(await buildByModule(texts))).reader
  })
})
