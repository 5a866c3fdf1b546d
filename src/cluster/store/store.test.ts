import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { FolderStore } from './folder-store.js'
import { readS3Settings } from './s3-settings.js'
import { S3Store } from './s3-store.js'
import { type Fault, type FaultyProxy, startFaultyProxy } from './testkit/faulty-proxy.js'
import { describeStore, partBytes } from './testkit/store-conformance.js'
import { describeEnvironment, findFreePort, type S3Server, startVersitygw, versitygwLack } from './testkit/versitygw.js'

let dir: string
let server: S3Server | null = null

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-stores-'))
  if (versitygwLack === null) server = await startVersitygw()
})

afterAll(async () => {
  await server?.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Small parts, so that a small file has several; silence that no store makes by itself, however busy its machine is. */
const options = {
  partBytes,
  retry: { tries: 6, firstDelayMs: 5, maxDelayMs: 20 },
  stallMs: 1_500,
  slowestBytesPerMs: 10_000,
}

describeStore('a folder', null, async () => new FolderStore(join(dir, 'folder')))

describeStore(
  'a bucket',
  versitygwLack,
  async () => new S3Store(readS3Settings('s3://test', server?.environment), options),
)

describeStore('a prefix in a bucket', versitygwLack, async () => {
  return new S3Store(readS3Settings("s3://test/a/it's+1/", { ...server?.environment }), options)
})

const faults: readonly Fault[] = [{ status: 500 }, { status: 503 }, { status: 429 }, 'cut', 'lose', 'stall']

describeStore('a bucket where every third request fails', versitygwLack, async () => {
  let request = 0
  const proxy = await startFaultyProxy(server?.url ?? '', () => {
    request += 1
    return request % 3 === 0 ? faults[(request / 3) % faults.length] : null
  })
  return new S3Store(readS3Settings('s3://test/faulty', describeEnvironment(proxy.url)), options)
})

describe('a bucket', () => {
  let proxy: FaultyProxy | null = null
  afterAll(() => proxy?.stop())

  it('is given up with what it said after several tries', async (context) => {
    if (versitygwLack !== null) context.skip(versitygwLack)
    proxy = await startFaultyProxy(server?.url ?? '', () => ({ status: 503 }))
    const store = new S3Store(readS3Settings('s3://test/down', describeEnvironment(proxy.url)), options)
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'store-failure',
      detail: 'GET s3://test/down/a: status 503 SlowDown.',
    })
    expect(proxy.requests()).toBe(options.retry.tries)
  })

  it('gives the bytes that were put, whatever comes over the wire', async (context) => {
    if (versitygwLack !== null) context.skip(versitygwLack)
    let answers = 0
    const damaging = await startFaultyProxy(server?.url ?? '', ({ method }) => {
      if (method === 'GET') answers += 1
      return method === 'GET' && answers % 3 !== 0 ? 'damage' : null
    })
    const store = new S3Store(readS3Settings('s3://test/damaged', describeEnvironment(damaging.url)), options)
    await store.put('a', Buffer.from('what was put'))
    for (let round = 0; round < 5; round++) {
      expect(Buffer.from((await store.get('a'))?.content ?? []).toString()).toBe('what was put')
    }
    expect(damaging.requests()).toBeGreaterThan(10)
    await damaging.stop()
  })

  it('is asked by its own clock where this machine has another one', async (context) => {
    if (versitygwLack !== null) context.skip(versitygwLack)
    const store = new S3Store(readS3Settings('s3://test/skewed', server?.environment), options)
    const now = Date.now
    for (const aheadMs of [3_600_000, -3_600_000, 0]) {
      vi.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs)
      try {
        await store.put('a', Buffer.from(String(aheadMs)))
        expect(Buffer.from((await store.get('a'))?.content ?? []).toString()).toBe(String(aheadMs))
      } finally {
        vi.restoreAllMocks()
      }
    }
  })

  it('that does not exist, a wrong key and an address where nobody listens are told at once', async (context) => {
    if (versitygwLack !== null) context.skip(versitygwLack)
    const none = new S3Store(readS3Settings('s3://nowhere/a', server?.environment), options)
    await expect(none.get('a')).rejects.toMatchObject({ detail: 's3://nowhere/a: there is no such bucket.' })
    await expect(none.put('a', new Uint8Array())).rejects.toMatchObject({ code: 'store-failure' })
    const wrong = { ...server?.environment, AWS_SECRET_ACCESS_KEY: 'wrong' }
    const refused = new S3Store(readS3Settings('s3://test/a', wrong), options)
    await expect(refused.get('a')).rejects.toMatchObject({
      detail: expect.stringContaining('403 SignatureDoesNotMatch'),
    })
    const silent = new S3Store(
      readS3Settings('s3://test/a', describeEnvironment(`http://127.0.0.1:${await findFreePort()}`)),
      options,
    )
    await expect(silent.head('a')).rejects.toMatchObject({ detail: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('readS3Settings', () => {
  it('finds the bucket by the address and the environment', () => {
    const url = (address: string, environment: Record<string, string>) => readS3Settings(address, environment).bucketUrl
    expect(url('s3://books/a/b/', {})).toBe('https://books.s3.us-east-1.amazonaws.com/')
    expect(url('s3://my.books', { AWS_REGION: 'eu-west-1' })).toBe('https://s3.eu-west-1.amazonaws.com/my.books/')
    expect(url('S3://books/a', { AWS_ENDPOINT_URL: 'http://minio:9000/' })).toBe('http://minio:9000/books/')
    expect(readS3Settings('s3://books//a/b/', {})).toMatchObject({
      address: 's3://books/a/b',
      prefix: 'a/b/',
      credentials: null,
    })
  })

  it.each([
    ['s3://', {}],
    ['s3://a', {}],
    ['s3://books/../other', {}],
    ['s3://books/\u0000', {}],
    ['s3://books', { AWS_ENDPOINT_URL: 'minio:9000' }],
    ['s3://books', { AWS_ACCESS_KEY_ID: 'half' }],
  ])('refuses %j with %j', (address, environment) => {
    expect(() => readS3Settings(address, environment)).toThrowError(expect.objectContaining({ code: 'bad-argument' }))
  })
})
