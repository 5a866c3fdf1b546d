/** Where on this machine are indexes kept that live in a store? */
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { asIoFailure } from '../../query/read-manifest.js'

/** `OMNIGRAM_CACHE`, or `omnigram` in the user's folder for caches. */
export function defaultCacheDir(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment.OMNIGRAM_CACHE) return environment.OMNIGRAM_CACHE
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'omnigram')
}

/** The index folder that stands for an address: its last name, and a hash that tells it from others of that name. */
export function cachedIndexDir(cacheDir: string, address: string): string {
  const hash = createHash('sha256').update(address).digest('hex').slice(0, 12)
  return join(cacheDir, `${nameOfAddress(address)}-${hash}`)
}

/** What an index at that address is called: the last part of the prefix, or the bucket. */
export function nameOfAddress(address: string): string {
  return basename(address.replace(/\/+$/, ''))
}

/** Makes the folder. Throws `io-failure`. */
export async function openCacheDir(cacheDir: string): Promise<string> {
  await mkdir(cacheDir, { recursive: true }).catch((thrown) => {
    throw asIoFailure(thrown, cacheDir)
  })
  return cacheDir
}
