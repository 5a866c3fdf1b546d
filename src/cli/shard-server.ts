/** `omnigram shard-server`: hold shards and answer for them, until told to stop. */
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { connectToBroker } from '../cluster/bus/nats-connection.js'
import { ShardServer } from '../cluster/serve/shard-server.js'
import { openStore } from '../cluster/store/open-store.js'
import { OmnigramError } from '../core/errors.js'
import type { Residency } from '../core/residency.js'
import { formatTransfer } from './open-reader.js'
import { guardPath } from './result-file.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const nats = textFlag(flags, 'nats')
  if (nats === undefined) throw new OmnigramError('bad-argument', 'Say where the broker is: --nats URL.')
  const readyFile = textFlag(flags, 'readyFile')
  // Of a server that died here before.
  await setReady(readyFile, false)
  const connection = await connectToBroker(nats, 'omnigram shard server')
  const of = numberFlag(flags, 'of') ?? 1
  try {
    const server = await ShardServer.start({
      store: openStore(textArg(call, 0)),
      connection,
      server: nameServer(textFlag(flags, 'name')),
      index: numberFlag(flags, 'index') ?? 0,
      of,
      replicas: numberFlag(flags, 'replicas') ?? Math.min(2, of),
      workers: numberFlag(flags, 'workers'),
      residency: textFlag(flags, 'residency') as Residency,
      cacheDir: textFlag(flags, 'cache'),
      signal,
      onProgress: (progress) => terminal.showProgress(formatTransfer('fetch', progress)),
      onGeneration: (generation, shards) => terminal.note(`holds ${shards.length} shards of generation ${generation}`),
      onFailure: ({ message }) => terminal.note(message),
    })
    terminal.clearProgress()
    await setReady(readyFile, true)
    if (terminal.options.isJson) await terminal.writeJson({ isReady: true })
    if (!signal.aborted) await once(signal, 'abort')
    await setReady(readyFile, false)
    await server.stop()
    // What was said last must reach the broker.
    await connection.flush().catch(() => undefined)
    return 0
  } finally {
    await connection.close()
    await setReady(readyFile, false)
  }
}

async function setReady(path: string | undefined, isReady: boolean): Promise<void> {
  if (path === undefined) return
  await guardPath(path, () => (isReady ? writeFile(path, '') : rm(path, { force: true })))
}

function nameServer(given: string | undefined): string {
  if (given === undefined) return `${hostname().replace(/[^A-Za-z0-9_-]/g, '-')}-${process.pid}`.slice(-128)
  if (/^[A-Za-z0-9_-]{1,128}$/.test(given)) return given
  throw new OmnigramError('bad-argument', `--name is ${JSON.stringify(given)}: letters, digits, _ and - only.`)
}
