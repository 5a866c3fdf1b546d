/** Where does each part of an index lie? */
import { join } from 'node:path'

/** Generations are numbered from 1, so that their names sort. */
const firstGeneration = '000001'

/** The name after `generation`; the first one after `null`. */
export function nextGeneration(generation: string | null): string {
  return generation === null ? firstGeneration : String(Number(generation) + 1).padStart(6, '0')
}

export class IndexFolder {
  readonly currentPath: string
  readonly generationsDir: string
  readonly shardsDir: string
  readonly tokenizersDir: string
  /** What a build under way keeps; gone after publishing. */
  readonly buildDir: string
  readonly statePath: string

  constructor(readonly indexDir: string) {
    this.currentPath = join(indexDir, 'CURRENT')
    this.generationsDir = join(indexDir, 'generations')
    this.shardsDir = join(indexDir, 'shards')
    this.tokenizersDir = join(indexDir, 'tokenizers')
    this.buildDir = join(indexDir, 'build')
    this.statePath = join(this.buildDir, 'state.json')
  }

  generationPath(generation: string): string {
    return join(this.generationsDir, `${generation}.json`)
  }

  /** A published shard, under its checksum. */
  shardPath(name: string): string {
    return join(this.shardsDir, name)
  }

  /** A tokenizer, under its checksum. */
  tokenizerPath(name: string): string {
    return join(this.tokenizersDir, name)
  }

  /** The documents of the shard with that number (from 0) on their way into it. */
  spoolPath(number: number): string {
    return this.#inBuild(number, 'spool')
  }

  /** A shard while it is written. */
  partPath(number: number): string {
    return this.#inBuild(number, 'part')
  }

  /** A shard that is built but not published. */
  builtPath(number: number): string {
    return this.#inBuild(number, 'fm')
  }

  /** What is known of a shard that is built. */
  recordPath(number: number): string {
    return this.#inBuild(number, 'json')
  }

  /** A shard that is merged, while it is written and when it is done. */
  mergedPath(number: number, extension: 'part' | 'fm'): string {
    return join(this.buildDir, `merge-${String(number).padStart(6, '0')}.${extension}`)
  }

  /** A list of hidden documents while it is written and when it is done. */
  hiddenPath(number: number): string {
    return join(this.buildDir, `takedown-${String(number).padStart(6, '0')}.hidden`)
  }

  /** What a merge keeps on disk for want of memory. */
  get scratchDir(): string {
    return join(this.buildDir, 'merge-scratch')
  }

  /** Hashes of external ids. */
  get idsPath(): string {
    return join(this.buildDir, 'ids')
  }

  #inBuild(number: number, extension: string): string {
    return join(this.buildDir, `shard-${String(number).padStart(6, '0')}.${extension}`)
  }
}
