/** What does a page do of which the time is taken? It is put on a static host by `bench/wasm.mjs`. */
import { buildIndex, openIndex } from '../../dist/browser/page-index.js'

/** Opens the index anew and counts once: what that cost, from nothing. */
async function countCold(address, pattern) {
  const start = performance.now()
  const index = await openIndex(address)
  const opening = await index.readCost()
  const openMs = performance.now() - start
  const [{ count }] = await index.count([pattern])
  const wallMs = performance.now() - start
  const whole = await index.readCost()
  index.close()
  return { count, opening, openMs, whole, wallMs }
}

/** Fetches the file first, as if it had been dropped. The page's own clock ticks meanwhile: its longest pause is the stall. */
async function buildFile(address, name) {
  const file = new File([await (await fetch(address)).blob()], name)
  const tickMs = 10
  let stallMs = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    stallMs = Math.max(stallMs, now - last)
    last = now
  }, tickMs)
  const phaseStartsMs = {}
  const start = performance.now()
  const onProgress = (phase) => {
    phaseStartsMs[phase] ??= Math.round(performance.now() - start)
  }
  const index = await buildIndex([file], { onProgress })
  const wallMs = performance.now() - start
  clearInterval(timer)
  index.close()
  const { documentCount, textBytes } = index
  return { documentCount, textBytes, shardBytes: index.file.size, phaseStartsMs, wallMs, stallMs }
}

globalThis.measured = { countCold, buildFile }
