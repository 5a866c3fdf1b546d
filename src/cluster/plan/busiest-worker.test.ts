import { describe, expect, it } from 'vitest'
import { findBusiestWorker, type WorkerLoad } from './busiest-worker.js'

const costOf = ({ ownBytes, skippedBytes }: WorkerLoad) => ownBytes + skippedBytes / 2
const find = (textBytes: number, shardBytes: number, workers: number, fileBytes: readonly number[] = []) =>
  findBusiestWorker({ textBytes, shardBytes, workers, fileBytes }, costOf)

describe('findBusiestWorker', () => {
  it('gives one worker everything, and counts the last shard as what it is', () => {
    expect(find(350, 100, 1)).toEqual({ ownBytes: 350, skippedBytes: 0 })
  })

  it('deals shards out by turns: a last shard in part is not the work of a whole one', () => {
    expect(find(350, 100, 3)).toEqual({ ownBytes: 150, skippedBytes: 0 })
    expect(find(350, 100, 2)).toEqual({ ownBytes: 200, skippedBytes: 0 })
    expect(find(350, 100, 9)).toEqual({ ownBytes: 100, skippedBytes: 0 })
  })

  it('has a shard read its file up to where it begins', () => {
    // Shards begin at 0, 100, 200 and 300 of one file.
    expect(find(350, 100, 1, [700])).toEqual({ ownBytes: 350, skippedBytes: 600 })
    // With two files of 200 bytes of text, at 0, 100, 0 and 100 of them.
    expect(find(400, 100, 1, [20, 20])).toEqual({ ownBytes: 400, skippedBytes: 200 })
    expect(find(400, 100, 1, [10, 10, 10, 10])).toEqual({ ownBytes: 400, skippedBytes: 0 })
  })

  it('knows who is late because of what stands before', () => {
    expect(find(400, 100, 2, [1])).toEqual({ ownBytes: 200, skippedBytes: 400 })
    expect(find(150, 100, 2, [1])).toEqual({ ownBytes: 100, skippedBytes: 0 })
    expect(find(190, 100, 2, [1])).toEqual({ ownBytes: 90, skippedBytes: 100 })
  })

  it('takes files of no bytes, and a text of one', () => {
    expect(find(200, 100, 1, [0, 4, 0, 4, 0])).toEqual({ ownBytes: 200, skippedBytes: 0 })
    expect(find(1, 100, 4, [0])).toEqual({ ownBytes: 1, skippedBytes: 0 })
  })
})
