/** On which machine was it measured? */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

export function describeMachine() {
  const processor = cpus()[0]?.model ?? 'unknown processor'
  const version = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
  return { processor, cores: availableParallelism(), memoryBytes: totalmem(), node: process.version, omnigram: version }
}
