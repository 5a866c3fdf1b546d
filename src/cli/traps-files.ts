/** How do registries, indexes and models of the trap verbs get opened? */
import { availableParallelism } from 'node:os'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatCount } from '../core/units.js'
import type { IndexReader } from '../query/index-reader.js'
import { readTokenizerFile } from '../tokenizer/tokenizer-file.js'
import { TokenizerPool } from '../tokenizer/tokenizer-pool.js'
import { parseRegistry, type Trap } from '../traps/trap.js'
import { readBoundedFile } from './contamination-files.js'
import { isServerAddress, openFiles } from './open-reader.js'
import type { Terminal } from './terminal.js'
import type { VerbCall } from './verb.js'

/** Throws `bad-registry` for a registry without a trap. */
export async function readRegistryFile(path: string): Promise<Trap[]> {
  const traps = parseRegistry(String(await readBoundedFile(path)), path)
  if (traps.length === 0) throw new OmnigramError('bad-registry', `${path}: no trap is in it.`)
  return traps
}

/** Shows how far a search is, with its rate and the time left. */
export function showTraps(terminal: Terminal): (index: string, done: number, of: number) => void {
  const startMs = performance.now()
  return (index, done, of) => {
    const seconds = (performance.now() - startMs) / 1_000
    const rate = done / Math.max(seconds, 0.001)
    const left = Math.ceil((of - done) / rate)
    terminal.showProgress(
      `${formatCount(done)} of ${formatCount(of)} traps, in ${index}, ${rate.toFixed(0)}/s, ${left} s left`,
    )
  }
}

/** Opens the indexes, works, and closes them whatever happens. Traps are private: none is sent to a server. */
export async function withIndexes<T>(
  call: VerbCall,
  targets: readonly string[],
  work: (readers: readonly IndexReader[]) => Promise<T>,
): Promise<T> {
  const remote = targets.find(isServerAddress)
  if (remote !== undefined) {
    throw new OmnigramError('bad-argument', `Traps are looked for where the index is: ${remote} is a server's address.`)
  }
  const readers: IndexReader[] = []
  try {
    for (const target of targets) readers.push(await openFiles(target, { workers: availableParallelism() }, call))
    return await work(readers)
  } finally {
    await Promise.all(readers.map((reader) => reader.close()))
  }
}

export async function withTokenizer<T>(path: string, work: (tokenizer: TokenizerPool) => Promise<T>): Promise<T> {
  const { json } = await readTokenizerFile(path)
  const pool = new TokenizerPool(json, path, { threads: 1, timeoutMs: limits.tokenizerMs })
  try {
    return await work(pool)
  } finally {
    await pool.close()
  }
}
