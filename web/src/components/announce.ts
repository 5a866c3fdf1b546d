/** How does a page say something in passing, to eyes and to screen readers? */

export interface Announcement {
  readonly text: string
  readonly isFailure: boolean
}

/** Shown for a few seconds by the shell, wherever it was called from. */
export function announce(text: string, isFailure = false): void {
  const detail: Announcement = { text, isFailure }
  dispatchEvent(new CustomEvent('omnigram:announce', { detail }))
}

/** Puts `text` into the clipboard and says so; `name` is what it is, such as `Link`. */
export async function copyText(text: string, name: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    announce(`${name} copied`)
  } catch {
    // A page of plain HTTP that is not on this machine has no clipboard.
    announce('The browser does not let this page copy.', true)
  }
}
