/** What does the index argument of a verb mean? A folder, a shard file, or the address of a served index. */
import { OmnigramError } from '../core/errors.js'
import type { SearchTarget } from './search-target.js'
import { textArg, type VerbCall } from './verb.js'

export function isServerAddress(target: string): boolean {
  return /^https?:\/\//i.test(target)
}

/** The index of a verb that looks at the files themselves: a folder or a shard file. */
export function pathArg(call: VerbCall): string {
  const target = textArg(call, 0)
  if (!isServerAddress(target)) return target
  throw new OmnigramError(
    'bad-argument',
    `The files of ${target} are where its server is: give a folder or a shard file.`,
  )
}

/** Opens it for one command: no worker threads are started for a folder. */
export async function openReader(target: string): Promise<SearchTarget> {
  if (isServerAddress(target)) {
    const { RemoteIndex } = await import('./remote-index.js')
    return new RemoteIndex(target)
  }
  const { openIndex } = await import('../query/open-index.js')
  return openIndex(target, { workers: 0 })
}

/** Opens, works, and closes whatever happens. */
export async function withReader<T>(target: string, work: (reader: SearchTarget) => Promise<T>): Promise<T> {
  const reader = await openReader(target)
  try {
    return await work(reader)
  } finally {
    await reader.close()
  }
}
