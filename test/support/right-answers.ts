/** Is everything right that a cluster answers, whatever happens to it? Compared with an index on this machine. */
import { expect } from 'vitest'
import { makeRandom } from '../../src/build/testkit/small-corpus.js'
import type { IndexReader } from '../../src/query/index-reader.js'
import { openIndex } from '../../src/query/open-index.js'
import type { ClusterAnswer, ProcessCluster } from './process-cluster.js'

/** What a router may say instead of an answer: a shard is missing, work is refused, the time is over. */
const refusals = ['incomplete-answer', 'overloaded', 'deadline-exceeded']

export class RightAnswers {
  readonly #characters: readonly (readonly string[])[]
  readonly #reader: IndexReader

  private constructor(texts: readonly string[], reader: IndexReader) {
    this.#characters = texts.map((text) => [...text])
    this.#reader = reader
  }

  /** Of the index in a folder, and the texts that it is of. */
  static async of(indexDir: string, texts: readonly string[]): Promise<RightAnswers> {
    return new RightAnswers(texts, await openIndex(indexDir, { workers: 0 }))
  }

  /** Patterns out of the texts, and one that is nowhere. */
  choosePatterns(seed: number): string[] {
    const random = makeRandom(seed)
    const cut = () => {
      const characters = this.#characters[Math.floor(random() * this.#characters.length)]
      const start = Math.floor(random() * characters.length)
      return characters.slice(start, start + 1 + Math.floor(random() * 6)).join('')
    }
    return [...Array.from({ length: 10 }, cut), 'nowhere']
  }

  async count(patterns: readonly string[]): Promise<number[]> {
    return (await this.#reader.count(patterns)).map(({ count }) => count)
  }

  /** Whether there was an exact answer; that it is right, or a refusal that says so. Throws for anything else. */
  async expectRight(cluster: ProcessCluster, seed: number): Promise<boolean> {
    const patterns = this.choosePatterns(seed)
    const { status, body, headers } = await cluster.ask(patterns)
    if (status !== 200) {
      expectRefusal({ status, body, headers })
      return false
    }
    expect(body.results?.map(({ count }) => count)).toEqual(await this.count(patterns))
    return true
  }

  /** As {@link expectRight}, and every other time shards may be missing: then the answer says which, and its bounds hold. */
  async expectHonest(cluster: ProcessCluster, seed: number): Promise<'exact' | 'partial' | 'refused'> {
    const patterns = this.choosePatterns(seed)
    const allows = seed % 2 === 1
    const answer = await cluster.ask(patterns, { deadlineMs: 2_000, ...(allows && { partial: 'allow' }) })
    if (answer.status !== 200) {
      expectRefusal(answer)
      return 'refused'
    }
    const { results = [], partial } = answer.body
    const whole = await this.#reader.count(patterns, { perShard: true })
    if (!partial) {
      expect(results.map(({ count }) => count)).toEqual(whole.map(({ count }) => count))
      return 'exact'
    }
    expect([allows, answer.headers.get('etag')]).toEqual([true, null])
    expect(partial.missing.length).toBeGreaterThan(0)
    const missing = new Set(partial.missing.map(({ shard }) => shard))
    for (const [at, { count, countLowerBound = Number.NaN }] of results.entries()) {
      const { shards = [], count: most } = whole[at]
      const least = shards.reduce((sum, inShard, shard) => sum + (missing.has(shard) ? 0 : inShard), 0)
      expect(count).toBeUndefined()
      // A shard may have answered for some of the patterns before it was lost.
      expect(countLowerBound).toBeGreaterThanOrEqual(least)
      expect(countLowerBound).toBeLessThanOrEqual(most)
    }
    return 'partial'
  }

  async expectRecovery(cluster: ProcessCluster): Promise<void> {
    await expect.poll(() => this.expectRight(cluster, 1), { timeout: 60_000, interval: 200 }).toBe(true)
  }
}

function expectRefusal({ status, body, headers }: ClusterAnswer): void {
  expect([503, 504]).toContain(status)
  expect(refusals).toContain(body.code)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
}
