/** Do the laws hold under Node, on the `nodejs` build of the browser module, for its own shards and for those of the native core? */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openInPage } from '../../src/browser/open-in-page.js'
import { type StaticHost, startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { buildTestIndex, makeTestFolder } from '../../src/query/testkit/build-test-index.js'
import { buildByModule } from '../support/build-by-module.js'
import { describeTextLaws } from '../support/text-laws.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let host: StaticHost
let built = 0

beforeAll(async () => {
  folder = await makeTestFolder()
  host = await startStaticHost(folder.path)
})

afterAll(async () => {
  await host.close()
  await folder.remove()
})

/** The address of a shard that the native core built. */
async function buildNative(texts: readonly string[]): Promise<string> {
  const name = `index-${built++}`
  const { shards } = await buildTestIndex(join(folder.path, name), { documents: texts.map((text) => ({ text })) })
  return `${name}/shards/${shards[0].name}`
}

describe.skipIf(wasmLack)('under Node', () => {
  describeTextLaws('a shard of the native core on a file host', async ({ texts }) => {
    const { reader } = await openInPage(`${host.address}/${await buildNative(texts)}`, { blockBits: 9 })
    return reader
  })
  describeTextLaws('a shard of the native core in memory', async ({ texts }) => {
    const bytes = await readFile(join(folder.path, await buildNative(texts)))
    return (await openInPage(new Uint8Array(bytes))).reader
  })
  describeTextLaws('a shard that the module built', async ({ texts }) => {
    return (await openInPage(await buildByModule(texts))).reader
  })
})
