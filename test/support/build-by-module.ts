/** How does a test have the browser module build a shard, with what `buildInPage` does not take: sample rates? */
import { loadWasm } from '../../src/browser/load-wasm.js'

/** The file of a shard of these texts. */
export async function buildByModule(texts: readonly string[]): Promise<Uint8Array> {
  const { ShardBuilder } = await loadWasm()
  const builder = new ShardBuilder([])
  for (const text of texts) builder.add(Buffer.from(text), undefined, undefined, [])
  const bytes = builder.build(8, 16, 'default', false, () => {})
  builder.free()
  return bytes
}
