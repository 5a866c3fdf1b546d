/** Which API key does this session send? Kept until the window is closed, and sent to this origin alone. */

const storageKey = 'omnigram.apiKey'

export function readApiKey(): string | null {
  return sessionStorage.getItem(storageKey)
}

/** Pages that were refused ask again: they listen to `omnigram:key`. */
export function writeApiKey(key: string): void {
  if (key === '') sessionStorage.removeItem(storageKey)
  else sessionStorage.setItem(storageKey, key)
  dispatchEvent(new Event('omnigram:key'))
}
