import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openInPage } from './open-in-page.js'
import { prepareHostedFolder } from './testkit/hosted-folder.js'
import { wasmLack } from './testkit/wasm-lack.js'

/** The memory of the module, which it keeps to itself: taken when it is instantiated, before anything imports it. */
const memories = vi.hoisted(() => {
  const found: { readonly buffer: ArrayBuffer }[] = []
  const { Instance } = WebAssembly
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args: ConstructorParameters<typeof Instance>) {
      const instance = new target(...args)
      if ('memory' in instance.exports) found.push(instance.exports.memory as { buffer: ArrayBuffer })
      return instance
    },
  })
  return found
})

const hosted = prepareHostedFolder()

describe.skipIf(wasmLack)('the memory of a page', () => {
  const documents = Array.from({ length: 4000 }, (_, at) => ({
    text: `line ${at} of ${(at * 7919) % 4001}, `.repeat(9),
  }))

  it.each(['ranges', 'file', 'whole'])('is used again once an index is closed: %s', async (way) => {
    const { name, shard } = await hosted.build({ documents })
    const file = new Blob([await readFile(join(hosted.path, shard))])
    const openAndClose = async () => {
      const { reader } = await openInPage(way === 'ranges' ? `${hosted.address}/${name}/` : file, {
        blockBits: 12,
        isWhole: way === 'whole',
      })
      expect(await reader.count(['line 123 of', 'line'])).toEqual([{ count: 9 }, { count: 36_000 }])
      await reader.close()
    }
    const bytesHeld = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
    for (let round = 0; round < 3; round++) await openAndClose()
    const before = bytesHeld()
    expect(before).toBeGreaterThan(file.size)
    for (let round = 0; round < 50; round++) await openAndClose()
    expect(bytesHeld()).toBe(before)
  })
})
