/** On which machine, when and on which index was it measured? */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { basename } from 'node:path'

export function describeMachine() {
  const processor = cpus()[0]?.model ?? 'unknown processor'
  const version = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
  return { processor, cores: availableParallelism(), memoryBytes: totalmem(), node: process.version, omnigram: version }
}

/** The head of a record; the load is that of the machine in the minute before. */
export function describeRun() {
  return { date: new Date().toISOString(), machine: describeMachine(), load: loadavg()[0] }
}

/** The head of a record of what an index in the folder `dir` was asked. */
export function describeIndexRun(dir, { manifest }) {
  const { shards, statistics } = manifest
  return { ...describeRun(), index: basename(dir), textBytes: statistics.textBytes, shards: shards.length }
}
