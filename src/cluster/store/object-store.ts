/** What must a store of objects be able to do, so that an index can live in it? */

/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly bytes: number
  /** Changes whenever the content does; quotes included. */
  readonly etag: string
}

export interface StoredObject {
  readonly content: Uint8Array
  readonly etag: string
}

export interface ListedObject {
  readonly key: string
  readonly bytes: number
  /** By the clock of the store, in milliseconds since 1970. */
  readonly modifiedAtMs: number
}

/** When an object may be written: while there is none, or while it is the one with that etag. */
export type PutCondition = { readonly ifAbsent: true } | { readonly ifMatch: string }

export interface TransferOptions {
  readonly signal?: AbortSignal
  /** Bytes that have just come or gone. */
  readonly onBytes?: (bytes: number) => void
}

/**
 * Objects by key under one prefix. A put is seen as a whole or not at all, and whoever reads after it sees it. Keys are
 * relative to the prefix, of letters, digits, `.`, `_`, `-` and `/`.
 *
 * All methods throw `store-failure` when the store does not do its part after several tries, and `cancelled`.
 */
export interface ObjectStore {
  /** As the user wrote it, without a slash at its end. */
  readonly address: string
  /** Null when there is no such object. */
  head(key: string): Promise<ObjectHead | null>
  /** The whole of a small object; null when there is none. */
  get(key: string): Promise<StoredObject | null>
  /**
   * Answers the new etag, or null when the condition did not hold. A put without a condition replaces. Of two who put the same
   * content both may be told that they did it.
   */
  put(key: string, content: Uint8Array, condition?: PutCondition): Promise<string | null>
  /** Of any size, in parts. Throws `io-failure` for the file. */
  uploadFile(key: string, path: string, options?: TransferOptions): Promise<void>
  /** Of any size, by ranges; the file is on the disk then. Throws `damaged-index` when there is no such object. */
  downloadFile(key: string, path: string, options?: TransferOptions): Promise<void>
  /** All objects whose key begins so, in the order of the bytes of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>
  /** Nothing happens where there is none. */
  remove(key: string): Promise<void>
}

/** Whether that is the address of a bucket rather than the path of a folder. */
export function isBucketAddress(address: string): boolean {
  return /^s3:\/\//i.test(address)
}

/**
 * Writes an object that nobody ever changes; whether it holds these bytes now. A try that failed on its way back may have
 * been done, and two may write the same: both find the same bytes there, which is as good as having written them.
 */
export async function writeOnce(store: ObjectStore, key: string, content: Uint8Array): Promise<boolean> {
  if ((await store.put(key, content, { ifAbsent: true })) !== null) return true
  const found = await store.get(key)
  // Whoever had it there has removed it since.
  if (found === null) return writeOnce(store, key, content)
  return Buffer.compare(found.content, content) === 0
}
