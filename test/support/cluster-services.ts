/** How does a test get the two services that stand beside a cluster, with a small index in the store? */
import { join } from 'node:path'
import { type S3Server, startVersitygw, versitygwLack } from '../../src/cluster/store/testkit/versitygw.js'
import { NatsServer, natsServerLack } from '../../src/cluster/testkit/nats-server.js'
import { type CliIndex, makeCliIndex } from './cli-index.js'
import { cliLack, runCli } from './run-cli.js'

/** Why there can be no cluster; null where there can. */
export const clusterLack = cliLack ?? versitygwLack ?? natsServerLack

export interface ClusterServices {
  /** The index `sea`, on this machine. */
  readonly index: CliIndex
  /** Where it is in the store. */
  readonly address: string
  readonly store: S3Server
  readonly broker: NatsServer
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export async function startClusterServices(): Promise<ClusterServices> {
  const [index, store, broker] = [await makeCliIndex(), await startVersitygw(), await NatsServer.start()]
  const address = 's3://test/sea'
  const env = { ...store.environment, OMNIGRAM_CACHE: join(index.dir, 'cache') }
  const { exitCode, stderr } = await runCli(['publish', index.indexDir, address], { env })
  if (exitCode !== 0) throw new Error(stderr)
  return {
    index,
    address,
    store,
    broker,
    env,
    async stop() {
      await broker.stop()
      await store.stop()
      await index.remove()
    },
  }
}
