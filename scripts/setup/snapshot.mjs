/** Did a set of sources change since they were last built? */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './paths.mjs'

/**
 * Every file under `roots` that `accepts` takes, with a signature of their number, size and newest change. A folder's own time
 * counts too, so a file that was removed or renamed shows. Costs one stat a file: nothing is read.
 */
export function snapshotFiles(roots, accepts = () => true) {
  const files = []
  let newestMs = 0
  let bytes = 0
  const visit = (path, isRoot) => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined || !(isRoot || stats.isDirectory() || accepts(path))) return
    newestMs = Math.max(newestMs, stats.mtimeMs)
    if (!stats.isDirectory()) {
      files.push(path)
      bytes += stats.size
      return
    }
    for (const name of readdirSync(path)) {
      if (name !== 'node_modules' && name !== 'dist' && !name.startsWith('.')) visit(join(path, name), false)
    }
  }
  for (const path of roots) visit(path, true)
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
