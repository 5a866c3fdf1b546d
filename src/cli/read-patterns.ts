/** Which patterns does the user ask for? Arguments, and the lines of a file. */
import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { OmnigramError } from '../core/errors.js'
import { parseIds } from './parse-ids.js'

const byteOrderMark = '\ufeff'
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * One pattern a line: a JSON string where the line begins with a quote, plain text otherwise. Empty lines are left out, and a
 * byte order mark before the first line. Throws `bad-argument` with the line that is not UTF-8 or not JSON.
 */
export function parsePatternLines(bytes: Buffer, path: string): string[] {
  const patterns: string[] = []
  for (let start = 0, at = 1; start < bytes.length; at++) {
    const end = bytes.indexOf(0x0a, start)
    const line = bytes.subarray(start, end < 0 ? bytes.length : end)
    start += line.length + 1
    const pattern = parseLine(line, `${path}:${at}`)
    if (pattern !== null) patterns.push(pattern)
  }
  return patterns
}

function parseLine(bytes: Buffer, place: string): string | null {
  let line: string
  try {
    line = decoder.decode(bytes)
  } catch (error) {
    throw new OmnigramError('bad-argument', `${place}: not UTF-8.`, { cause: error })
  }
  if (place.endsWith(':1') && line.startsWith(byteOrderMark)) line = line.slice(1)
  if (!line.startsWith('"')) return line === '' ? null : line
  try {
    return JSON.parse(line) as string
  } catch (error) {
    throw new OmnigramError('bad-argument', `${place}: not a JSON string.`, { cause: error })
  }
}

/** Patterns of a file; `-` reads standard input. */
export async function readPatternFile(path: string, signal: AbortSignal): Promise<string[]> {
  return parsePatternLines(await readBytes(path, signal), path)
}

/** Token ids of a file, a list a line; empty lines are left out. Throws `bad-argument` with the line that holds something else. */
export async function readIdsFile(path: string, signal: AbortSignal): Promise<Uint32Array[]> {
  const lines = (await readBytes(path, signal)).toString('latin1').split('\n')
  return lines.flatMap((line, at) => (line.trim() === '' ? [] : [parseIds(line, `${path}:${at + 1}`)]))
}

async function readBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  try {
    // By its path a pipe that is a socket cannot be opened, and a read that waits cannot be stopped.
    return path === '-' ? await buffer(addAbortSignal(signal, process.stdin)) : await readFile(path, { signal })
  } catch (error) {
    if (signal.aborted) throw new OmnigramError('cancelled', `Stopped while ${path} was read.`, { cause: error })
    throw new OmnigramError('io-failure', `${path}: ${(error as Error).message}`, { cause: error })
  }
}
