/** How do two set-ups of one checkout stay out of each other's way? */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const heartbeatMs = 2_000
/** A holder that has not shown itself for so long is gone, whoever has its process id now. */
const staleMs = 20_000
const pollMs = 200

/** Runs `work` while this process holds the lock file; waits, and says so, while another one does. */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true })
  let hasSaidSo = false
  while (!tryTake(path)) {
    if (!hasSaidSo) process.stderr.write('Another set-up of this checkout is running; waiting for it.\n')
    hasSaidSo = true
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), heartbeatMs)
  const release = () => rmSync(path, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release)
    release()
  }
}

function tryTake(path) {
  try {
    const file = openSync(path, 'wx')
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  if (isHeld(path)) return false
  rmSync(path, { force: true })
  return tryTake(path)
}

function isHeld(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (Date.now() - stats.mtimeMs > staleMs) return false
  const pid = Number(readFileSync(path, 'utf8'))
  if (!(pid > 0)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
