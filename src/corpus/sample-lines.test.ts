import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { SampleLines } from './sample-lines.js'

const text = 'one\ntwo two\nthree\nfour'

async function take(skipsFirst: boolean, wantedBytes: number, chunkBytes: number) {
  const lines = new SampleLines(skipsFirst, wantedBytes)
  async function* chunks() {
    for (let at = 0; at < text.length; at += chunkBytes) yield Buffer.from(text.slice(at, at + chunkBytes))
  }
  let taken = ''
  let readBytes = 0
  async function* counted() {
    for await (const chunk of chunks()) {
      readBytes += chunk.length
      yield chunk
    }
  }
  for await (const chunk of lines.take(counted())) taken += chunk.toString()
  // What is neither taken nor passed over was not read.
  expect(taken.length + lines.passedBytes).toBe(readBytes)
  return taken
}

it.each([1, 2, 3, 5, 100])('takes whole lines, however they come: chunks of %i', async (chunkBytes) => {
  expect(await take(false, 1, chunkBytes)).toBe('one\n')
  expect(await take(false, 4, chunkBytes)).toBe('one\n')
  expect(await take(false, 5, chunkBytes)).toBe('one\ntwo two\n')
  expect(await take(true, 1, chunkBytes)).toBe('two two\n')
  expect(await take(true, 9, chunkBytes)).toBe('two two\nthree\n')
  expect(await take(true, 100, chunkBytes)).toBe('two two\nthree\nfour')
})
