/** How does an S3-compatible store keep objects? */
import { open } from 'node:fs/promises'
import { OmnigramError } from '../../core/errors.js'
import { asIoFailure } from '../../query/read-manifest.js'
import type {
  ListedObject,
  ObjectHead,
  ObjectStore,
  PutCondition,
  StoredObject,
  TransferOptions,
} from './object-store.js'
import { hashForS3, S3Client, type S3ClientOptions } from './s3-client.js'
import { readListing } from './s3-listing.js'
import type { S3Settings } from './s3-settings.js'
import { forEachAtOnce } from './transfer-parts.js'

export interface S3StoreOptions extends Partial<S3ClientOptions> {
  /** Bytes of a part of an upload and of a range of a download; 5 MiB at least, but for tests. */
  readonly partBytes?: number
  readonly partsAtOnce?: number
}

/** Parts that S3 takes of one object. */
const maxParts = 10_000

export class S3Store implements ObjectStore {
  readonly address: string
  readonly #client: S3Client
  readonly #prefix: string
  readonly #partBytes: number
  readonly #partsAtOnce: number

  constructor(settings: S3Settings, { partBytes = 16 * 2 ** 20, partsAtOnce = 4, ...client }: S3StoreOptions = {}) {
    this.address = settings.address
    this.#prefix = settings.prefix
    this.#client = new S3Client(settings, client)
    this.#partBytes = partBytes
    this.#partsAtOnce = partsAtOnce
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectHead | null> {
    const answer = await this.#client.send({ method: 'HEAD', path: this.#path(key), accepts: [200, 404], signal })
    if (answer.status === 404) return null
    return { bytes: Number(answer.headers.get('content-length')), etag: readEtag(answer.headers) }
  }

  async get(key: string): Promise<StoredObject | null> {
    const headers = { 'x-amz-checksum-mode': 'ENABLED' }
    const answer = await this.#client.send({ method: 'GET', path: this.#path(key), headers, accepts: [200, 404] })
    if (answer.status === 200) return { content: answer.body, etag: readEtag(answer.headers) }
    if (!Buffer.from(answer.body).includes('NoSuchBucket')) return null
    throw new OmnigramError('store-failure', `${this.address}: there is no such bucket.`)
  }

  async put(key: string, content: Uint8Array, condition?: PutCondition): Promise<string | null> {
    const headers = { 'x-amz-checksum-sha256': hashForS3(content), ...(condition && describeCondition(condition)) }
    // The object that should be replaced may be gone, which is no 412.
    const refusals = condition ? ('ifMatch' in condition ? [412, 404] : [412]) : []
    const request = { method: 'PUT', path: this.#path(key), headers, body: content } as const
    const answer = await this.#client.send({ ...request, accepts: [200, ...refusals] })
    if (answer.status === 200) return readEtag(answer.headers)
    if (Buffer.from(answer.body).includes('NoSuchBucket')) {
      throw new OmnigramError('store-failure', `${this.address}: there is no such bucket.`)
    }
    if (answer.tries === 1) return null
    // A try before may be what stands there now, and only its answer was lost.
    const found = await this.get(key)
    return found !== null && Buffer.compare(found.content, content) === 0 ? found.etag : null
  }

  async uploadFile(key: string, path: string, options: TransferOptions = {}): Promise<void> {
    const file = await open(path).catch((thrown) => {
      throw asIoFailure(thrown, path)
    })
    try {
      const { size } = await file.stat()
      const partBytes = Math.max(this.#partBytes, Math.ceil(size / maxParts))
      const read = async (start: number) => {
        const part = Buffer.alloc(Math.min(partBytes, size - start))
        const { bytesRead } = await file.read(part, 0, part.length, start)
        if (bytesRead === part.length) return part
        throw new OmnigramError('io-failure', `${path} was cut while it was read.`)
      }
      if (size > partBytes) await this.#uploadParts(key, listStarts(size, partBytes), read, options)
      else {
        const { signal, onBytes } = options
        const request = { method: 'PUT', path: this.#path(key), body: await read(0), signal } as const
        await this.#client.send({ ...request, accepts: [200] })
        onBytes?.(size)
      }
    } finally {
      await file.close()
    }
  }

  async downloadFile(key: string, path: string, { signal, onBytes }: TransferOptions = {}): Promise<void> {
    const head = await this.head(key, signal)
    if (head === null) throw new OmnigramError('damaged-index', `${this.address}/${key} is missing.`)
    const { bytes, etag } = head
    const file = await open(path, 'w').catch((thrown) => {
      throw asIoFailure(thrown, path)
    })
    try {
      await forEachAtOnce(listStarts(bytes, this.#partBytes), this.#partsAtOnce, async (start) => {
        const end = Math.min(bytes, start + this.#partBytes)
        const { body } = await this.#client.send({
          method: 'GET',
          path: this.#path(key),
          // Ranges of one object, even if it is replaced meanwhile.
          headers: { 'range': `bytes=${start}-${end - 1}`, 'if-match': etag },
          accepts: end - start === bytes ? [200, 206] : [206],
          expectedBytes: end - start,
          signal,
        })
        await file.write(body, 0, body.length, start)
        onBytes?.(body.length)
      })
      await file.sync()
    } catch (thrown) {
      throw asIoFailure(thrown, path)
    } finally {
      await file.close()
    }
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    let token: string | null = null
    do {
      const query: Record<string, string> = { 'list-type': '2', 'prefix': this.#path(prefix) }
      if (token !== null) query['continuation-token'] = token
      const { body } = await this.#client.send({ method: 'GET', path: '', query, accepts: [200] })
      const listing = readListing(Buffer.from(body).toString(), this.address)
      for (const { key, ...rest } of listing.objects) yield { key: key.slice(this.#prefix.length), ...rest }
      token = listing.nextToken
    } while (token !== null)
  }

  async remove(key: string): Promise<void> {
    await this.#client.send({ method: 'DELETE', path: this.#path(key), accepts: [200, 204, 404] })
  }

  async #uploadParts(
    key: string,
    starts: readonly number[],
    read: (start: number) => Promise<Uint8Array>,
    { signal, onBytes }: TransferOptions,
  ): Promise<void> {
    const path = this.#path(key)
    const begun = await this.#client.send({ method: 'POST', path, query: { uploads: '' }, accepts: [200], signal })
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(Buffer.from(begun.body).toString())?.[1]
    if (uploadId === undefined) throw new OmnigramError('store-failure', `${this.address}/${key}: no upload was begun.`)
    try {
      const etags: string[] = []
      await forEachAtOnce([...starts.entries()], this.#partsAtOnce, async ([at, start]) => {
        const body = await read(start)
        const query = { partNumber: String(at + 1), uploadId }
        const { headers } = await this.#client.send({ method: 'PUT', path, query, body, accepts: [200], signal })
        etags[at] = readEtag(headers)
        onBytes?.(body.length)
      })
      const parts = etags.map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
      const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
      // 404: a try whose answer was lost has completed it; whether it did shows below.
      const done = await this.#client.send({
        method: 'POST',
        path,
        query: { uploadId },
        body,
        accepts: [200, 404],
        signal,
      })
      if (Buffer.from(done.body).includes('<Error>')) await this.#checkUploaded(key, starts, read)
    } catch (thrown) {
      const abort = { method: 'DELETE', path, query: { uploadId }, accepts: [200, 204, 404] } as const
      await this.#client.send(abort).catch(() => undefined)
      throw thrown
    }
  }

  async #checkUploaded(
    key: string,
    starts: readonly number[],
    read: (start: number) => Promise<Uint8Array>,
  ): Promise<void> {
    const last = starts[starts.length - 1]
    const bytes = last + (await read(last)).length
    if ((await this.head(key))?.bytes === bytes) return
    throw new OmnigramError('store-failure', `${this.address}/${key}: the upload was not completed.`)
  }

  #path(key: string): string {
    return `${this.#prefix}${key}`
  }
}

function describeCondition(condition: PutCondition): Record<string, string> {
  return 'ifMatch' in condition ? { 'if-match': condition.ifMatch } : { 'if-none-match': '*' }
}

function readEtag(headers: Headers): string {
  return headers.get('etag') ?? ''
}

/** Where the parts begin. */
function listStarts(bytes: number, partBytes: number): number[] {
  return Array.from({ length: Math.ceil(bytes / partBytes) }, (_, at) => at * partBytes)
}
