/** Which servers are there, and which shards of which generations does each hold? As they say themselves, every second. */

/** What a shard server tells everybody. */
export interface Announcement {
  readonly server: string
  /** By SHA-256 of the manifest: numbers of the shards that it holds, and whether all their bytes were compared. */
  readonly generations: readonly HeldGeneration[]
}

export interface HeldGeneration {
  readonly manifestSha256: string
  readonly shards: readonly number[]
  readonly isVerified: boolean
}

export const announceEveryMs = 1_000
/** A server that is silent for so long is gone. */
export const goneAfterMs = 4_000

export class Fleet {
  readonly #servers = new Map<string, { readonly announcement: Announcement; readonly heardAtMs: number }>()
  readonly #now: () => number
  readonly #onGone: (server: string) => void
  #sweptAtMs: number

  constructor(onGone: (server: string) => void = () => undefined, now: () => number = () => performance.now()) {
    this.#now = now
    this.#onGone = onGone
    this.#sweptAtMs = now()
  }

  hear(announcement: Announcement): void {
    if (announcement.generations.length === 0) this.#remove(announcement.server)
    else this.#servers.set(announcement.server, { announcement, heardAtMs: this.#now() })
  }

  /** Until it says again what it holds. */
  forget(server: string): void {
    this.#remove(server)
  }

  /** Forgets those that have been silent for too long. To be called every `announceEveryMs`. */
  expire(): void {
    const now = this.#now()
    const sinceSweepMs = now - this.#sweptAtMs
    this.#sweptAtMs = now
    // This process itself stood still, and what the servers said meanwhile is not read yet.
    if (sinceSweepMs > goneAfterMs / 2) return
    for (const [server, { heardAtMs }] of this.#servers) if (now - heardAtMs > goneAfterMs) this.#remove(server)
  }

  get size(): number {
    return this.#servers.size
  }

  /** Servers that hold the shard. */
  holdersOf(manifestSha256: string, shard: number): string[] {
    const holders: string[] = []
    for (const [server, { announcement }] of this.#servers) {
      const held = announcement.generations.find((generation) => generation.manifestSha256 === manifestSha256)
      if (held?.shards.includes(shard)) holders.push(server)
    }
    return holders
  }

  /** Whether each of so many shards has a server. */
  covers(manifestSha256: string, shards: number): boolean {
    return this.listMissing(manifestSha256, shards).length === 0
  }

  /** Shards that nobody holds. */
  listMissing(manifestSha256: string, shards: number): number[] {
    const held = new Set<number>()
    for (const { announcement } of this.#servers.values()) {
      for (const generation of announcement.generations) {
        if (generation.manifestSha256 === manifestSha256) for (const shard of generation.shards) held.add(shard)
      }
    }
    return Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !held.has(shard))
  }

  /** Whether every server of the generation has compared its files. */
  isVerified(manifestSha256: string): boolean {
    const held = [...this.#servers.values()].flatMap(({ announcement }) => announcement.generations)
    const ofGeneration = held.filter((generation) => generation.manifestSha256 === manifestSha256)
    return ofGeneration.length > 0 && ofGeneration.every(({ isVerified }) => isVerified)
  }

  #remove(server: string): void {
    if (this.#servers.delete(server)) this.#onGone(server)
  }
}
