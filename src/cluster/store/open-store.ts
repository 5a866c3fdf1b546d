/** Which store is at an address? */
import { FolderStore } from './folder-store.js'
import { isBucketAddress, type ObjectStore } from './object-store.js'
import { readS3Settings } from './s3-settings.js'
import { S3Store } from './s3-store.js'

/** `s3://bucket/prefix` or a folder. Nothing is asked of it yet. Throws `bad-argument`. */
export function openStore(address: string): ObjectStore {
  return isBucketAddress(address) ? new S3Store(readS3Settings(address)) : new FolderStore(address)
}
