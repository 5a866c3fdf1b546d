/** Where do the indexes lie that a page of a test reads? In a folder of their own behind a plain file host. */
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { buildTestIndex, makeTestFolder, type TestIndexOptions } from '../../query/testkit/build-test-index.js'
import { type StaticHost, startStaticHost } from './static-host.js'

export interface HostedFolder {
  /** On this machine. */
  readonly path: string
  /** On the host. */
  readonly address: string
  /** Builds one more index by the native core: its folder and its first shard, below `path` and `address` alike. */
  build(options: TestIndexOptions): Promise<{ name: string; shard: string }>
}

/** Registers the hooks of the test file. */
export function prepareHostedFolder(): HostedFolder {
  const state: { folder?: Awaited<ReturnType<typeof makeTestFolder>>; host?: StaticHost } = {}
  let built = 0
  beforeAll(async () => {
    state.folder = await makeTestFolder()
    state.host = await startStaticHost(state.folder.path)
  })
  afterAll(async () => {
    await state.host?.close()
    await state.folder?.remove()
  })
  return {
    get path() {
      return state.folder?.path ?? ''
    },
    get address() {
      return state.host?.address ?? ''
    },
    async build(options) {
      const name = `index-${built++}`
      const { shards } = await buildTestIndex(join(this.path, name), options)
      return { name, shard: `${name}/shards/${shards[0]?.name}` }
    },
  }
}
