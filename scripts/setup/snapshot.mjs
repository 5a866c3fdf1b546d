/** Did a set of sources change since they were last built? */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { root } from './paths.mjs'

/**
 * Every file under `roots` that `accepts` takes, with a signature of their number, size and newest change. A folder's own time
 * counts too, so a file that was removed or renamed shows. Costs one stat a file: nothing is read.
 */
export function snapshotFiles(roots, accepts = () => true) {
  const files = []
  let newestMs = 0
  let bytes = 0
  const readStats = (path) => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats !== undefined && stats.mtimeMs > newestMs) newestMs = stats.mtimeMs
    return stats
  }
  const addFile = (path, stats) => {
    files.push(path)
    bytes += stats.size
  }
  const addFolder = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue
        readStats(path)
        addFolder(path)
      } else if (accepts(path)) {
        const stats = readStats(path)
        if (stats !== undefined) addFile(path, stats)
      }
    }
  }
  for (const path of roots) {
    const stats = readStats(path)
    if (stats?.isDirectory()) addFolder(path)
    else if (stats !== undefined) addFile(path, stats)
  }
  return { files, signature: `${files.length} ${bytes} ${newestMs}` }
}

/** A hash over the names and contents of `files`, in any order; `salt` makes it differ between machines or options. */
export async function hashFiles(files, salt) {
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256').update(salt)
  for (const path of [...files].sort()) {
    const content = readFileSync(path)
    hash.update(`\0${relative(root, path)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** The stamp of the last build, or an empty one. */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { signature: '', hash: '' }
  }
}

export function writeStamp(path, stamp) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(stamp)}\n`)
}
