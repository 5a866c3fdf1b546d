/** How does a test get a router with its shard servers, in one process over a real broker? */
import { join } from 'node:path'
import type { IndexReader } from '../../../query/index-reader.js'
import { buildTestIndex, makeTestFolder, type TestIndexOptions } from '../../../query/testkit/build-test-index.js'
import { connectToBroker, type NatsConnection } from '../../bus/nats-connection.js'
import { FolderStore } from '../../store/folder-store.js'
import type { ObjectStore } from '../../store/object-store.js'
import { publishIndex } from '../../store/publish-index.js'
import { ClusterIndex, type ClusterIndexOptions } from '../cluster-index.js'
import { ShardServer, type ShardServerOptions } from '../shard-server.js'

export class SmallCluster {
  readonly servers: ShardServer[] = []
  readonly #connections: NatsConnection[] = []
  readonly #routers: ClusterIndex[] = []

  private constructor(
    readonly brokerUrl: string,
    readonly folder: Awaited<ReturnType<typeof makeTestFolder>>,
    readonly store: ObjectStore,
  ) {}

  /** An index of the documents in a store of its own; no server yet. */
  static async make(brokerUrl: string, index: TestIndexOptions): Promise<SmallCluster> {
    const folder = await makeTestFolder()
    const cluster = new SmallCluster(brokerUrl, folder, new FolderStore(join(folder.path, 'store')))
    await cluster.publish(index)
    return cluster
  }

  /** Another generation, when `index` says so. */
  async publish(index: TestIndexOptions): Promise<void> {
    const indexDir = join(this.folder.path, 'index')
    await buildTestIndex(indexDir, index)
    await publishIndex(indexDir, this.store)
  }

  async startServer(index: number, of: number, given: Partial<ShardServerOptions> = {}): Promise<ShardServer> {
    const server = await ShardServer.start({
      store: this.store,
      connection: await this.connect(),
      server: `test-${process.pid}-${this.servers.length}-${index}`,
      index,
      of,
      replicas: Math.min(2, of),
      workers: 1,
      cacheDir: join(this.folder.path, `cache-${this.servers.length}`),
      pollMs: 100,
      ...given,
    })
    this.servers.push(server)
    return server
  }

  async startRouter(given: Partial<ClusterIndexOptions> = {}): Promise<ClusterIndex> {
    const router = await ClusterIndex.open({
      store: this.store,
      connection: await this.connect(),
      cacheDir: join(this.folder.path, 'cache-router'),
      pollMs: 100,
      ...given,
    })
    this.#routers.push(router)
    return router
  }

  async connect(): Promise<NatsConnection> {
    const connection = await connectToBroker(this.brokerUrl, 'test')
    this.#connections.push(connection)
    return connection
  }

  async stop(): Promise<void> {
    for (const router of this.#routers) await router.close()
    for (const server of this.servers) await server.stop()
    for (const connection of this.#connections) await connection.close()
    await this.folder.remove()
  }
}

/** A reader that takes the cluster down with it. */
export function closeTogether(reader: IndexReader, cluster: SmallCluster): IndexReader {
  return new Proxy(reader, {
    get(target, name) {
      if (name === 'close') return () => cluster.stop()
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
