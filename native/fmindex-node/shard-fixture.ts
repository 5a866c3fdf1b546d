/** What do the addon's tests build, and what is the right answer? Found by scanning, in plain JavaScript. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { buildShard, openShard, type Shard, SpoolWriter } from './index.js'

export interface FixtureDocument {
  text: string
  externalId?: string
  metadata?: string
  source?: string
}

export const buildOptions = { saRate: 128, isaRate: 512, profile: 'default', textStore: false, threads: 1 } as const

/** A folder that is gone after `use`. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fmindex-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Spools and builds the documents; returns the path of the shard. */
export async function buildFixture(folder: string, documents: readonly FixtureDocument[]): Promise<string> {
  const writer = new SpoolWriter(join(folder, 'spool'), ['source'])
  const texts = documents.map(({ text }) => Buffer.from(text))
  let end = 0
  const textEnds = Float64Array.from(texts, (text) => {
    end += text.length
    return end
  })
  writer.append({
    texts: Buffer.concat(texts),
    textEnds,
    externalIds: documents.map(({ externalId }) => externalId ?? null),
    metadata: documents.map(({ metadata }) => metadata ?? null),
    facets: documents.map(({ source }) => source ?? null),
  })
  writer.seal()
  const path = join(folder, 'shard.fm')
  await buildShard(join(folder, 'spool'), path, buildOptions, 0)
  return path
}

/** Builds and opens the documents; a mapping outlives its file. */
export function openFixture(
  documents: readonly FixtureDocument[],
  residency: Parameters<typeof openShard>[1] = 'mmap',
): Promise<Shard> {
  return withFolder(async (folder) => openShard(await buildFixture(folder, documents), residency))
}

/** `document:end` of each place where `pattern` stands, overlapping ones too. */
export function findEnds(texts: readonly string[], pattern: string): string[] {
  const wanted = Buffer.from(pattern)
  return texts.flatMap((text, document) => {
    const bytes = Buffer.from(text)
    const ends: string[] = []
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      ends.push(`${document}:${at + wanted.length}`)
    }
    return ends
  })
}

/** `document:end` of each row of what `find` returned. */
export function locateAll(shard: Shard, ranges: readonly { lo: number; hi: number }[]): string[] {
  const rows = ranges.flatMap(({ lo, hi }) => Array.from({ length: hi - lo }, (_, i) => lo + i))
  const places = shard.locate(Float64Array.from(rows), 0)
  return rows.map((_, i) => `${places[2 * i]}:${places[2 * i + 1]}`)
}

/** Bytes of the longest match at each position of `text`. */
export function findLongest(texts: readonly string[], text: string): number[] {
  const bytes = Buffer.from(text)
  const documents = texts.map((document) => Buffer.from(document))
  return Array.from(bytes, (_, start) => {
    let end = start
    while (end < bytes.length && documents.some((document) => document.includes(bytes.subarray(start, end + 1)))) end++
    return end - start
  })
}

/** Matches an error of that code whose message says so. */
export function failing(code: string, message: RegExp): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) })
}

/** What `call` throws, or returns when it does not. */
export function caught(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}
