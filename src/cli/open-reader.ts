/** What does the index argument of a verb mean? A folder, a shard file, or the address of a served index. */
import type { SearchTarget } from './search-target.js'

export function isServerAddress(target: string): boolean {
  return /^https?:\/\//i.test(target)
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
