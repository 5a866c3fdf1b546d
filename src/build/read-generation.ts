/** What does the manifest of a generation say, be it live or not? */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'
import { type Manifest, parseManifest } from '../core/manifest.js'
import { asIoFailure, isMissing } from '../query/read-manifest.js'
import type { IndexFolder } from './index-folder.js'

/** A generation, live or not. */
export interface Generation {
  readonly generation: string
  readonly manifest: Manifest
}

/** Throws `damaged-index` when the manifest is missing or is not the one with that checksum. */
export async function readGeneration(
  folder: IndexFolder,
  generation: string,
  sha256: string | null,
): Promise<Generation> {
  const path = folder.generationPath(generation)
  const bytes = await readFile(path).catch((thrown: unknown) => {
    if (isMissing(thrown)) throw new OmnigramError('damaged-index', `${path} is missing.`, { cause: thrown })
    throw asIoFailure(thrown, path)
  })
  if (sha256 !== null && hashManifest(bytes) !== sha256) {
    throw new OmnigramError('damaged-index', `${path} has SHA-256 ${hashManifest(bytes)}, not ${sha256}.`)
  }
  return { generation, manifest: parseManifest(bytes.toString(), path) }
}

/** SHA-256 in hex, as `CURRENT` keeps it. */
export function hashManifest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
