/** Where are the API keys kept? A JSON file of hashes that only its owner can read; a server reads it when it starts. */
import { randomBytes } from 'node:crypto'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { ApiKeys, type KeyRecord, keyRecord, makeApiKey } from './api-keys.js'

const fileSchema = z.strictObject({ keys: z.array(keyRecord) })

/** Throws `bad-argument`: not there, open to other users of the machine, or not of its form. */
export async function readApiKeys(path: string): Promise<ApiKeys> {
  return new ApiKeys(await readRecords(path))
}

/** Adds a key with these rights and answers it: it is written nowhere. Throws `bad-argument` when the id is taken. */
export async function addApiKey(path: string, rights: Omit<KeyRecord, 'prefix' | 'sha256'>): Promise<string> {
  const records = await readRecords(path, [])
  if (records.some(({ id }) => id === rights.id)) {
    throw new OmnigramError('bad-argument', `The key file ${path} has a key named ${rights.id} already.`)
  }
  const { key, record } = makeApiKey(rights)
  await writeRecords(path, [...records, record])
  return key
}

/** Takes a key out, so that a server that starts from now on refuses it. Throws `bad-argument` when there is none. */
export async function revokeApiKey(path: string, id: string): Promise<void> {
  const records = await readRecords(path)
  const left = records.filter((record) => record.id !== id)
  if (left.length === records.length) {
    throw new OmnigramError('bad-argument', `The key file ${path} has no key named ${id}.`)
  }
  await writeRecords(path, left)
}

/** `absent` is what a file that is not there holds; without it that is an error. */
async function readRecords(path: string, absent?: KeyRecord[]): Promise<KeyRecord[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) {
      throw new OmnigramError('bad-argument', `The key file ${path} is open to other users: chmod 600 it.`)
    }
  } catch (error) {
    if (error instanceof OmnigramError) throw error
    if (absent && (error as NodeJS.ErrnoException).code === 'ENOENT') return absent
    throw new OmnigramError('bad-argument', `The key file ${path} cannot be read.`, { cause: error })
  }
  return checkRecords(text, path)
}

function checkRecords(text: string, path: string): KeyRecord[] {
  const parsed = fileSchema.safeParse(parseJson(text, path))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new OmnigramError('bad-argument', `The key file ${path} at ${issue.path.join('.')}: ${issue.message}.`)
  }
  const { keys } = parsed.data
  const twice = keys.find(({ prefix }, at) => keys.findIndex((other) => other.prefix === prefix) < at)
  if (twice) throw new OmnigramError('bad-argument', `The key file ${path} has the prefix ${twice.prefix} twice.`)
  return keys
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new OmnigramError('bad-argument', `The key file ${path} is not JSON.`, { cause: error })
  }
}

/** Replaced as a whole, and never open to others, not even for a moment. */
async function writeRecords(path: string, keys: readonly KeyRecord[]): Promise<void> {
  const draftPath = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const draft = await open(draftPath, 'wx', 0o600)
    try {
      await draft.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`)
      await draft.sync()
    } finally {
      await draft.close()
    }
    await rename(draftPath, path)
  } catch (error) {
    throw new OmnigramError('io-failure', `The key file ${path} cannot be written.`, { cause: error })
  }
}
