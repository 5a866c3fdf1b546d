/** Which patterns does the user ask for? Arguments, and the lines of a file. */
import { readFile } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'

/** One pattern a line: a JSON string where the line begins with a quote, plain text otherwise. Empty lines are left out. */
export function parsePatternLines(text: string, path: string): string[] {
  const patterns: string[] = []
  const lines = text.split('\n')
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('"')) {
      if (line !== '') patterns.push(line)
      continue
    }
    try {
      patterns.push(JSON.parse(line) as string)
    } catch (error) {
      throw new OmnigramError('bad-argument', `${path}:${at + 1}: not a JSON string.`, { cause: error })
    }
  }
  return patterns
}

/** Patterns of a file; `-` reads standard input. */
export async function readPatternFile(path: string): Promise<string[]> {
  let text: string
  try {
    text = await readFile(path === '-' ? '/dev/stdin' : path, 'utf8')
  } catch (error) {
    throw new OmnigramError('io-failure', `${path}: ${(error as Error).message}`, { cause: error })
  }
  return parsePatternLines(text, path)
}
