/** Which generation of an index is live, and what does its manifest say? */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OmnigramError } from '../core/errors.js'
import { formatManifest, type Manifest, parseCurrent, parseManifest } from '../core/manifest.js'

/** What `CURRENT` says. */
export interface CurrentGeneration {
  readonly generation: string
  /** Of the manifest's bytes. */
  readonly sha256: string
}

/** The generation as readers name it: a folder built anew has the same number, never the same checksum. */
export function nameGeneration({ generation, sha256 }: CurrentGeneration): string {
  return `${generation}-${sha256.slice(0, 8)}`
}

export interface LiveGeneration extends CurrentGeneration {
  readonly manifest: Manifest
}

/** SHA-256 of the bytes that a build writes for the manifest. */
export function hashManifest(manifest: Manifest): string {
  return createHash('sha256').update(formatManifest(manifest)).digest('hex')
}

/** Throws `unknown-index` when the folder holds no index, `damaged-index` when what `CURRENT` names is not there. */
export async function readManifest(indexDir: string): Promise<LiveGeneration> {
  const { generation, sha256 } = await readCurrent(indexDir)
  const path = join(indexDir, 'generations', `${generation}.json`)
  const bytes = await readIndexFile(path)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256) {
    throw new OmnigramError('damaged-index', `${path} has SHA-256 ${found} where CURRENT says ${sha256}.`)
  }
  return { generation, sha256, manifest: parseManifest(bytes.toString(), path) }
}

/** The one line that names the live generation. Throws `unknown-index` when the folder holds none. */
export async function readCurrent(indexDir: string): Promise<CurrentGeneration> {
  const path = join(indexDir, 'CURRENT')
  try {
    return parseCurrent(await readFile(path, 'utf8'), path)
  } catch (thrown) {
    if (isMissing(thrown)) throw await describeMissing(indexDir, thrown)
    throw asIoFailure(thrown, path)
  }
}

/** Without `CURRENT` a folder holds no index, one whose build was stopped, or one that lost the file. */
async function describeMissing(indexDir: string, cause: unknown): Promise<OmnigramError> {
  const names = async (path: string) => readdir(path).catch(() => [])
  if ((await names(join(indexDir, 'build'))).length > 0) {
    const detail = `${indexDir} holds a build that was stopped. Go on with it: omnigram build … -o ${indexDir} --resume`
    return new OmnigramError('unknown-index', detail, { cause })
  }
  const manifest = (await names(join(indexDir, 'generations'))).findLast((name) => /^\d+\.json$/.test(name))
  if (manifest !== undefined) {
    const detail = `${join(indexDir, 'CURRENT')} is missing, though there is generations/${manifest}.`
    return new OmnigramError('damaged-index', detail, { cause })
  }
  const detail = `${indexDir} holds no index. Build one: omnigram build FILE… -o ${indexDir}`
  return new OmnigramError('unknown-index', detail, { cause })
}

async function readIndexFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (thrown) {
    if (isMissing(thrown)) throw new OmnigramError('damaged-index', `${path} is missing.`, { cause: thrown })
    throw asIoFailure(thrown, path)
  }
}

/** Whether there is nothing at the path. */
export function isMissing(thrown: unknown): boolean {
  const code = systemCode(thrown)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** What the operating system refused, with the path; other errors as they are. */
export function asIoFailure(thrown: unknown, path: string): unknown {
  const code = systemCode(thrown)
  return code === null ? thrown : new OmnigramError('io-failure', `${path}: ${code}.`, { cause: thrown })
}

function systemCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('syscall' in thrown) || !('code' in thrown)) return null
  return String(thrown.code)
}
