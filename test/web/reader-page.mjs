/**
 * What does a page answer to a test? It holds indexes and puts to them what the test asks: the methods that
 * `omnigram/browser` offers to its worker, the others to a reader on the page's own thread.
 */
import { loadWasm } from '../../dist/browser/load-wasm.js'
import { openInPage } from '../../dist/browser/open-in-page.js'
import { openIndex } from '../../dist/browser/page-index.js'
import { packValue, unpackValue } from './plain-values.ts'

const held = new Map()
let nextId = 1

/** @param {{ kind: 'address' | 'file' | 'buffer' | 'built' }} source */
async function makeSource(source) {
  if (source.kind === 'address') return source.address
  if (source.kind === 'built') return buildShard(source)
  const buffer = await (await fetch(source.address)).arrayBuffer()
  return source.kind === 'file' ? new File([buffer], 'shard.fm') : buffer
}

/** As `buildIndex` does, with the facet fields and the metadata word for word. */
async function buildShard({ documents, facetFields }) {
  const { ShardBuilder } = await loadWasm()
  const builder = new ShardBuilder(facetFields)
  for (const { text, externalId, metadata, facets } of documents) {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
    const values = facetFields.map((_, column) => facets?.[column] ?? undefined)
    builder.add(bytes, externalId ?? undefined, metadata ?? undefined, values)
  }
  const shard = builder.build(8, 16, 'default', false, () => {})
  builder.free()
  return shard.buffer.slice(shard.byteOffset, shard.byteOffset + shard.byteLength)
}

function keepCursor(holding, cursor) {
  const id = nextId++
  holding.cursors.set(id, cursor)
  return { id, count: cursor.count, match: cursor.toMatch() }
}

function keepBatch(holding, batch) {
  const id = nextId++
  holding.batches.set(id, batch)
  const cursors = Array.from({ length: batch.size }, (_, place) => keepCursor(holding, batch.cursor(place)))
  return cursors.map((cursor, place) => ({ batch: id, place, count: batch.counts[place], cursor }))
}

function findHolding(id) {
  const holding = held.get(id)
  if (holding === undefined) throw new Error('no such index')
  return holding
}

const calls = {
  async open(source, blockBits) {
    const made = await makeSource(source)
    const index = await openIndex(made, { blockBits })
    const { reader } = await openInPage(made instanceof ArrayBuffer ? new Uint8Array(made) : made, { blockBits })
    const holding = { index, reader, cursors: new Map(), batches: new Map() }
    const id = nextId++
    held.set(id, holding)
    const { name, generation, manifestSha256, manifest, parts, facetFields, isVerified } = reader
    return {
      id,
      description: { name, generation, manifestSha256, manifest, parts, facetFields, isVerified },
      cursor: keepCursor(holding, reader.cursor()),
      starts: {
        anywhere: keepBatch(holding, reader.cursors(1, 'anywhere')),
        document: keepBatch(holding, reader.cursors(1, 'document')),
      },
    }
  },

  ask(id, method, args) {
    const { index, reader } = findHolding(id)
    return method in index ? index[method](...args) : reader[method](...args)
  },

  async pushCursor(id, cursor, symbols) {
    const holding = findHolding(id)
    const pushed = holding.cursors.get(cursor).fork()
    await pushed.push(symbols)
    return keepCursor(holding, pushed)
  },

  askCursor(id, cursor, method, args) {
    return findHolding(id)
      .cursors.get(cursor)
      [method](...args)
  },

  /** `places` are pairs of a batch and a place in it. */
  async pushBatch(id, places, method, symbols) {
    const holding = findHolding(id)
    const parts = places.map(([batch, place]) => holding.batches.get(batch).select([place]))
    const joined = parts.reduce((batch, part) => batch.concat(part))
    return keepBatch(holding, await joined[method](symbols))
  },

  async close(id) {
    const { index, reader } = findHolding(id)
    held.delete(id)
    index.close()
    await reader.close()
  },
}

globalThis.askPage = async (text) => {
  const [call, ...args] = unpackValue(text)
  try {
    return packValue({ result: await calls[call](...args) })
  } catch (thrown) {
    const { code = 'internal', detail = String(thrown?.stack ?? thrown) } = thrown
    return packValue({ error: { code, detail } })
  }
}
