import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTokenizerJson } from './testkit/test-tokenizer.js'
import { TokenizerPool } from './tokenizer-pool.js'

const isCompiled = existsSync(fileURLToPath(new URL('../../dist/tokenizer/tokenizer-worker.js', import.meta.url)))
const json = Buffer.from(makeTokenizerJson())
const bytes = (text: string) => new TextEncoder().encode(text)
const pools: TokenizerPool[] = []

function open(options: Partial<ConstructorParameters<typeof TokenizerPool>[2]> = {}, content: Uint8Array = json) {
  const pool = new TokenizerPool(content, 'test.json', { threads: 2, ...options })
  pools.push(pool)
  return pool
}

beforeEach((context) => {
  if (!isCompiled) context.skip('the threads of the tokenizer are not compiled: npm run build')
})
afterAll(() => Promise.all(pools.map((pool) => pool.close())))

describe('a pool of tokenizers', () => {
  it('turns texts into ids and back, many at once', async () => {
    const pool = open()
    expect(await pool.loadVocabulary()).toBe(268)
    const texts = Array.from({ length: 20 }, (_, at) => `the ${at} banana of 日本`)
    const encoded = await Promise.all(texts.map((text) => pool.encode([bytes(text), bytes(''), bytes(text)])))
    for (const [at, { ids, ends, faults, isLossy }] of encoded.entries()) {
      expect(faults).toEqual([null, null, null])
      expect(isLossy).toEqual([false, false, false])
      const [first, second] = [ids.slice(0, ends[0]), ids.slice(ends[1], ends[2])]
      expect(ends[0]).toBe(ends[1])
      expect(await pool.decode([first, new Uint32Array(), second])).toEqual([texts[at], '', texts[at]])
    }
    expect(await pool.decodeAlone(Uint32Array.of(258, 0, 231))).toEqual(['the', '<|end|>', null])
  })

  it('says of which text a piece has no token', async () => {
    const pool = open({}, Buffer.from(makeTokenizerJson({ withoutBytes: [0x07] })))
    const { isLossy, ends } = await pool.encode([bytes('the'), bytes('a\u0007'), bytes('the')])
    expect(isLossy).toEqual([false, true, false])
    expect([...ends]).toEqual([1, 2, 3])
  })

  it('refuses what is no tokenizer, each time', async () => {
    const pool = open({}, Buffer.from('{}'))
    await expect(pool.loadVocabulary()).rejects.toMatchObject({ code: 'bad-input' })
    await expect(pool.encode([bytes('a')])).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('ends what takes too long, and goes on', async () => {
    const pool = open({ threads: 1, timeoutMs: 1 })
    await expect(pool.encode([bytes('a'.repeat(300_000))])).rejects.toMatchObject({ code: 'deadline-exceeded' })
    const patient = open({ threads: 1, timeoutMs: 20_000 })
    expect((await patient.encode([bytes('the')])).ids).toHaveLength(1)
  })

  it('hears the signal, and works no more when it is closed', async () => {
    const stopped = open({ signal: AbortSignal.abort() })
    await expect(stopped.encode([bytes('a')])).rejects.toMatchObject({ code: 'cancelled' })
    const pool = open()
    await pool.close()
    await expect(pool.encode([bytes('a')])).rejects.toMatchObject({ code: 'cancelled' })
  })
})
