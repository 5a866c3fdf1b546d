/** `omnigram list`: what is in a store? */
import { findIndexes, listGenerations } from '../cluster/store/list-generations.js'
import type { ObjectStore } from '../cluster/store/object-store.js'
import { openStore } from '../cluster/store/open-store.js'
import { readStoredCurrent } from '../cluster/store/stored-index.js'
import { OmnigramError } from '../core/errors.js'
import { formatBytes, formatCount } from '../core/units.js'
import type { Terminal } from './terminal.js'
import { textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const store = openStore(textArg(call, 0))
  if ((await readStoredCurrent(store)) === null) await listIndexes(store, call.terminal)
  else await listOne(store, call.terminal)
  return 0
}

async function listOne(store: ObjectStore, terminal: Terminal): Promise<void> {
  for (const summary of await listGenerations(store)) {
    if (terminal.options.isJson) {
      await terminal.writeJson(summary)
      continue
    }
    const { generation, isLive, documents, textBytes, shards, indexBytes, writtenAtMs } = summary
    const parts = [
      `${isLive ? '*' : ' '} ${generation}`,
      new Date(writtenAtMs).toISOString(),
      `${formatCount(documents)} documents`,
      `${formatBytes(textBytes)} of text`,
      `${formatCount(shards)} shards, ${formatBytes(indexBytes)}`,
    ]
    await terminal.writeLine(parts.join('  '))
  }
}

async function listIndexes(store: ObjectStore, terminal: Terminal): Promise<void> {
  const addresses = await findIndexes(store)
  if (addresses.length === 0) throw new OmnigramError('unknown-index', `${store.address} holds no index.`)
  for (const address of addresses) {
    if (terminal.options.isJson) await terminal.writeJson({ address })
    else await terminal.writeLine(address)
  }
}
