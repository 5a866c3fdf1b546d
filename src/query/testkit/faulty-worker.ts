/** How does a worker go wrong? It answers counts with the lengths of the patterns, and dies by the word that it is asked. */
import { parentPort } from 'node:worker_threads'
import { type PackedPatterns, unpackPatterns } from '../packed-patterns.js'
import type { PoolMessage } from '../worker-message.js'

const faults: Readonly<Record<string, () => void>> = {
  exit: () => process.exit(7),
  throw: () => {
    throw new Error('thrown on purpose')
  },
  loop: () => {
    for (;;);
  },
  heap: () => {
    const kept: number[][] = []
    for (;;) kept.push(new Array(100_000).fill(kept.length))
  },
}

parentPort?.on('message', (message: PoolMessage) => {
  if (message.kind === 'forget') return
  const patterns = unpackPatterns(message.input as PackedPatterns)
  for (const pattern of patterns) faults[Buffer.from(pattern).toString()]?.()
  parentPort?.postMessage({ isDone: true, result: Float64Array.from(patterns, ({ length }) => length) })
})
