/** Where does a browser keep the indexes of its visitor from one visit to the next? In the private files of the origin. */

const folderName = 'omnigram-indexes'

/** What a kept index is called there: its name, and this. */
export const keptEnding = '.fm'

/**
 * The folder; null when nothing is kept. With `create` it is made.
 *
 * Throws a `DOMException` or `TypeError` where the browser keeps no files for this page.
 */
export async function openKeptFolder(create: boolean): Promise<FileSystemDirectoryHandle | null> {
  const root = await navigator.storage.getDirectory()
  try {
    return await root.getDirectoryHandle(folderName, { create })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null
    throw error
  }
}

/** Whether a look into the folder is worth the module for it. Never throws. */
export async function isAnythingKept(): Promise<boolean> {
  const folder = await openKeptFolder(false).catch(() => null)
  return folder !== null
}

export async function removeKeptFolder(): Promise<void> {
  const root = await navigator.storage.getDirectory()
  await root.removeEntry(folderName, { recursive: true })
}
