/** What does a page of ListObjectsV2 say? */
import { OmnigramError } from '../../core/errors.js'
import type { ListedObject } from './object-store.js'

export interface Listing {
  readonly objects: readonly ListedObject[]
  /** Null on the last page. */
  readonly nextToken: string | null
}

/** Throws `store-failure` for what is no listing. */
export function readListing(xml: string, address: string): Listing {
  if (!xml.includes('<ListBucketResult')) throw new OmnigramError('store-failure', `${address}: no listing came.`)
  const objects = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, entry]) => ({
    key: decodeEntities(readElement(entry, 'Key') ?? ''),
    bytes: Number(readElement(entry, 'Size')),
    modifiedAtMs: Date.parse(readElement(entry, 'LastModified') ?? ''),
  }))
  const bad = objects.find(({ key, bytes }) => key === '' || !Number.isSafeInteger(bytes))
  if (bad) throw new OmnigramError('store-failure', `${address}: an entry of the listing cannot be read.`)
  const isCut = readElement(xml, 'IsTruncated') === 'true'
  return { objects, nextToken: isCut ? decodeEntities(readElement(xml, 'NextContinuationToken') ?? '') : null }
}

function readElement(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

const entities: Readonly<Record<string, string>> = {
  'amp': '&',
  'lt': '<',
  'gt': '>',
  'quot': '"',
  'apos': "'",
  '#34': '"',
  '#39': "'",
}

function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|#34|#39);/g, (_, name: string) => entities[name])
}
