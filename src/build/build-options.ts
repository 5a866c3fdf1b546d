/** What does a build take and what does it report? */
import type { InvalidUtf8Policy, ReadProblem } from '../core/document.js'

/** What makes an index one of tokens. */
export interface TokenBuildOptions {
  /** A tokenizer.json: it turns text into ids, or tells what ready ids say. Null: only ids are known. */
  readonly tokenizerPath: string | null
  /** Field of JSON lines with ready ids; null: text is tokenised. Arrays (`.npy`, `.bin`) are ready ids too. */
  readonly idsField: string | null
  /** Ids are below it; null: as many as the tokenizer has, or what each shard holds. */
  readonly vocabulary: number | null
  /** Width of the ids of `.bin` files. */
  readonly idsType: 'u16' | 'u32' | null
  /** The id that ends a document of an array of one dimension; null: a file is a document. */
  readonly documentSeparator: number | null
}

export interface BuildOptions {
  /** Files, folders, globs, or `-` for standard input, as the user gave them. */
  readonly inputs: readonly string[]
  readonly indexDir: string
  /** Absent: text is indexed byte by byte. */
  readonly tokens?: TokenBuildOptions
  /** Text bytes of a shard at most; of tokens 4 bytes each. Decides the shard borders, so the bytes of the index. */
  readonly shardBytes: number
  /** Promise: peak resident memory stays within 10 % of it. */
  readonly memoryBytes: number
  readonly threads: number
  readonly format: string | null
  readonly textField: string
  readonly idField: string | null
  /** Null: all other fields. */
  readonly metaFields: readonly string[] | null
  readonly facetFields: readonly string[]
  readonly invalidUtf8: InvalidUtf8Policy
  readonly isStrict: boolean
  readonly shouldResume: boolean
  readonly saRate: number
  readonly isaRate: number
  readonly profile: 'default' | 'small' | 'fast'
  /** Whether the shards keep their text too: larger, and read many times faster. */
  readonly textStore: boolean
  /** `append` adds shards to the live generation, `create` refuses a folder that holds an index already. */
  readonly mode: 'create' | 'append'
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: BuildProgress) => void
}

export interface BuildProgress {
  readonly phase: 'read' | 'sort' | 'encode' | 'check' | 'publish'
  readonly documents: number
  /** Text bytes read so far; of ready token ids 4 bytes each. */
  readonly textBytes: number
  /** Share of the whole build done, 0..1. */
  readonly share: number
  readonly bytesPerSecond: number
  /** Null while it cannot be told. */
  readonly etaMs: number | null
  readonly shardsDone: number
  readonly shardsPlanned: number
}

export interface BuildReport {
  readonly generation: string
  readonly indexDir: string
  readonly files: number
  /** Bytes read from the inputs, as they lie on disk. */
  readonly bytesRead: number
  readonly documents: number
  /** 0 for ready token ids. */
  readonly textBytes: number
  /** Tokens; null where bytes are indexed. */
  readonly tokens: number | null
  /** Documents with text that the tokenizer has no token for; null where bytes are indexed. */
  readonly lossyDocuments: number | null
  readonly indexBytes: number
  /** indexBytes / textBytes; null where there is no text. */
  readonly ratio: number | null
  readonly shards: number
  readonly replacedCharacters: number
  /** Documents, lines and files that were not indexed, by kind. */
  readonly skipped: Readonly<Record<string, number>>
  /** The first ones. */
  readonly problems: readonly ReadProblem[]
  readonly duplicateExternalIds: number
  readonly tookMs: number
  /** Of text, or of ready token ids, 4 bytes each. */
  readonly bytesPerSecond: number
  readonly peakMemoryBytes: number
  readonly wasResumed: boolean
}
