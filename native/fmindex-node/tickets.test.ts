import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { buildShard, cancelTicket, readProgress, releaseTicket, takeTicket } from './index.js'
import { buildFixture, buildOptions, caught, failing, openFixture, withFolder } from './shard-fixture.js'

const shard = await openFixture([{ text: 'banana' }, { text: 'bandana' }])

describe('a ticket', () => {
  it('cancels the call of another thread', async () => {
    const ticket = takeTicket()
    const outcome = await withFolder(async (folder) => {
      const path = await buildFixture(folder, [{ text: 'ab'.repeat(100_000) }])
      return runLongCall(path, ticket)
    })
    expect(outcome).toBe('cancelled')
    releaseTicket(ticket)
  })

  it('that was given back cannot cancel the call after it', () => {
    const first = takeTicket()
    releaseTicket(first)
    const second = takeTicket()
    expect(second).not.toBe(first)
    cancelTicket(first)
    expect([...shard.count([Buffer.from('ana')], second)]).toEqual([3])
    expect(caught(() => shard.count([], first))).toEqual(failing('bad-argument', /given back/))
    expect(caught(() => readProgress(first))).toEqual(failing('bad-argument', /given back/))
    releaseTicket(second)
    releaseTicket(second)
  })

  it('ends with the table: 4,096 at a time', () => {
    const tickets: number[] = []
    const refusal = caught(() => {
      for (;;) tickets.push(takeTicket())
    })
    expect(refusal).toEqual(failing('overloaded', /4096/))
    expect(new Set(tickets).size).toBe(4096)
    for (const ticket of tickets) releaseTicket(ticket)
  })

  it('tells how far a build is, and cancels it', () =>
    withFolder(async (folder) => {
      const ticket = takeTicket()
      expect(readProgress(ticket)).toEqual({ phase: 'waiting', share: 0 })
      await buildFixture(folder, [{ text: 'banana' }])
      cancelTicket(ticket)
      const build = buildShard(join(folder, 'spool'), join(folder, 'other.fm'), buildOptions, ticket)
      await expect(build).rejects.toEqual(failing('cancelled', /cancelled/))
      releaseTicket(ticket)
    }))
})

/** Locates many rows on a worker, cancels it from here, and returns the code of what the worker caught. */
function runLongCall(path: string, ticket: number): Promise<unknown> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.addon).then(({ openShard }) => {
      const shard = openShard(workerData.path, 'mmap')
      const rows = new Float64Array(2_000_000).map((_, i) => i % 200_000)
      parentPort.postMessage('started')
      try {
        shard.locate(rows, workerData.ticket)
        parentPort.postMessage('finished')
      } catch (error) {
        parentPort.postMessage(error.code)
      }
    })`
  const addon = new URL('./index.js', import.meta.url).href
  const worker = new Worker(code, { eval: true, workerData: { addon, path, ticket } })
  return new Promise((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', (message) => {
      if (message === 'started') cancelTicket(ticket)
      else resolve(worker.terminate().then(() => message))
    })
  })
}
