/** Which files lie in a folder and below? */
import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { toFailure } from './open-file.js'
import type { ReadReport } from './read-report.js'

/**
 * The paths of all entries below `folder` that are no folders. Symbolic links are followed, as folders of downloaded data
 * sets are full of them; one that leads back to a folder it lies in is reported, and so is what is hidden or cannot be
 * listed.
 */
export async function* walkFolder(
  folder: string,
  report: ReadReport,
  above: ReadonlySet<string> = new Set(),
): AsyncGenerator<string> {
  const listed = await listFolder(folder)
  if (listed instanceof Error) {
    report.addProblem({ kind: 'unreadable-file', path: folder, line: null, detail: toFailure(listed).message })
    return
  }
  if (above.has(listed.identity)) {
    report.addProblem({
      kind: 'unreadable-file',
      path: folder,
      line: null,
      detail: 'is a symbolic link to a folder it lies in',
    })
    return
  }
  const inside = new Set([...above, listed.identity])
  for (const entry of listed.entries) {
    const path = `${folder.endsWith('/') ? folder : `${folder}/`}${entry.name}`
    if (entry.name.startsWith('.')) {
      report.addProblem({ kind: 'hidden-file', path, line: null, detail: 'is hidden: name it to have it read' })
    } else if (await isFolder(entry, path)) {
      yield* walkFolder(path, report, inside)
    } else {
      yield path
    }
  }
}

async function listFolder(folder: string): Promise<{ identity: string; entries: Dirent[] } | Error> {
  try {
    const { dev, ino }: Stats = await stat(folder)
    const entries = await readdir(folder, { withFileTypes: true })
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    return { identity: `${dev}:${ino}`, entries }
  } catch (error) {
    return toFailure(error)
  }
}

/** A link that leads nowhere is no folder: who opens it will say so. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}
