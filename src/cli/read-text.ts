/** Which text does a file hold? */
import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { OmnigramError } from '../core/errors.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a file, or of standard input for `-`. Throws `bad-argument` for what is not UTF-8. */
export async function readText(path: string, signal: AbortSignal): Promise<string> {
  try {
    if (path === '-') return await readAll(addAbortSignal(signal, process.stdin))
    return decoder.decode(await readFile(path, { signal }))
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new OmnigramError('bad-argument', `${path}: ${reason}.`, { cause: thrown })
  }
}
