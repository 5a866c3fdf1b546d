import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openIndex } from '../query/open-index.js'
import { describeReader } from '../query/testkit/conformance.js'
import { openInPage } from './open-in-page.js'
import { Gate } from './testkit/gate.js'
import { prepareHostedFolder } from './testkit/hosted-folder.js'
import { startStaticHost } from './testkit/static-host.js'
import { wasmLack } from './testkit/wasm-lack.js'

const hosted = prepareHostedFolder()

if (wasmLack === null) {
  describeReader(
    'a page on a file host',
    async (corpus) => {
      const { name } = await hosted.build({ ...corpus, shardCount: 2 })
      // The smallest blocks, so that each question lacks some.
      return (await openInPage(`${hosted.address}/${name}`, { blockBits: 9 })).reader
    },
    { canHide: false },
  )
}

describe.skipIf(wasmLack)('an index in a page', () => {
  const texts = Array.from({ length: 400 }, (_, at) => ({ text: `line ${at} of ${(at * 7919) % 401}, `.repeat(20) }))

  const makeIndex = () => hosted.build({ documents: texts })

  /** An index that is open, of a host that sends nothing more until the gate is open. */
  async function openHeld() {
    const { name } = await makeIndex()
    const gate = new Gate()
    const host = await startStaticHost(hosted.path, { hold: () => gate.passed })
    const { reader } = await openInPage(`${host.address}/${name}/`, { blockBits: 9 })
    gate.close()
    return { reader, host, gate }
  }

  it('is refused where documents were taken down, which it would show', async () => {
    const { name } = await hosted.build({ documents: texts.slice(0, 3), hidden: [1] })
    await expect(openInPage(`${hosted.address}/${name}`)).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('is read block by block, and answers as on a server', async () => {
    const { name, shard } = await makeIndex()
    const patterns = texts.map(({ text }, at) => text.slice(at % 50, 20 + (at % 50)))
    const server = await openIndex(join(hosted.path, name), { workers: 0 })
    const expected = await server.count(patterns)
    const bytes = await readFile(join(hosted.path, shard))
    const sources = [
      `${hosted.address}/${name}/`,
      `${hosted.address}/${shard}`,
      new Blob([bytes]),
      new Uint8Array(bytes),
    ]
    for (const source of sources) {
      const { reader, readCost } = await openInPage(source, { blockBits: 12 })
      expect(await reader.count(patterns)).toEqual(expected)
      if (typeof source === 'string') {
        expect(readCost().requests).toBeGreaterThan(1)
        expect(readCost().bytes).toBeLessThan(2 * bytes.length)
      }
      await reader.close()
    }
    await server.close()
  })

  it('is refused in words when it is damaged, cut short, absent or not served in parts', async () => {
    const { shard } = await makeIndex()
    const path = join(hosted.path, shard)
    const whole = await readFile(path)
    const open = () => openInPage(`${hosted.address}/${shard}`)
    const wholeHost = await startStaticHost(hosted.path, { hasRanges: false })
    await expect(openInPage(`${wholeHost.address}/${shard}`)).rejects.toThrow(/sends whole files only/)
    await wholeHost.close()
    await expect(openInPage(`${hosted.address}/nothing/`)).rejects.toMatchObject({ code: 'unknown-index' })
    await expect(openInPage(`${wholeHost.address}/${shard}`)).rejects.toMatchObject({ code: 'io-failure' })
    await truncate(path, whole.length - 100)
    await expect(open()).rejects.toMatchObject({ code: 'damaged-index' })
    await truncate(path, 0)
    await expect(open()).rejects.toMatchObject({ code: 'damaged-index' })
    await writeFile(path, 'no shard at all, but long enough to be looked at'.repeat(9))
    await expect(open()).rejects.toMatchObject({ code: 'damaged-index' })
    const changed = new Uint8Array(whole)
    changed[changed.length >> 1] ^= 1
    await expect(openInPage(changed)).rejects.toMatchObject({ code: 'damaged-index' })
  })

  it('counts the next pattern from its start when the one before was given up half way', async () => {
    const { reader, host, gate } = await openHeld()
    const controller = new AbortController()
    const given = host.requests.length
    const answer = reader.count(['line 123 of'], { signal: controller.signal })
    await expect.poll(() => host.requests.length).toBeGreaterThan(given)
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
    gate.open()
    const [{ count }] = await reader.count(['of 0, line'])
    expect(count).toBe(19)
    await reader.close()
    await host.close()
  })

  it('answers who waits for the same bytes as one that gave up', async () => {
    const { reader, host, gate } = await openHeld()
    const controller = new AbortController()
    const given = host.requests.length
    const first = reader.find('line 7 of', { signal: controller.signal })
    const second = reader.find('line 7 of')
    await expect.poll(() => host.requests.length).toBeGreaterThan(given)
    controller.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    gate.open()
    expect((await second).count).toBe(20)
    await reader.close()
    await host.close()
  })

  it('is not opened when nobody wants it any more', async () => {
    const { name, shard } = await makeIndex()
    const bytes = await readFile(join(hosted.path, shard))
    const signal = AbortSignal.abort()
    for (const source of [
      `${hosted.address}/${name}/`,
      `${hosted.address}/${shard}`,
      new Blob([bytes]),
      new Uint8Array(bytes),
    ]) {
      await expect(openInPage(source, { signal })).rejects.toMatchObject({ code: 'cancelled' })
    }
  })

  it('ends a question when nobody waits for the answer any more', async () => {
    const { name } = await makeIndex()
    const { reader } = await openInPage(`${hosted.address}/${name}/`, { blockBits: 9 })
    const controller = new AbortController()
    const answer = reader.count(['line 7 of 1'], { signal: controller.signal })
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
    const [{ count }] = await reader.count(['line 7 of'])
    expect(count).toBe(20)
  })
})
