/** What value does a JSON body hold, and is it one that may be looked at? */
import { isUtf8 } from 'node:buffer'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'

/**
 * The value of a JSON body. Throws `bad-argument`: not UTF-8, a byte order mark, not JSON, deeper than
 * `limits.bodyDepth`, or a key that stands twice in an object (parsers differ on which one counts).
 */
export function decodeJson(body: Buffer): unknown {
  if (body.length === 0) throw new OmnigramError('bad-argument', 'The body is empty where a JSON object is needed.')
  if (!isUtf8(body)) throw new OmnigramError('bad-argument', 'The body is not UTF-8.')
  const text = body.toString()
  checkShape(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new OmnigramError('bad-argument', `The body is not JSON: ${reason}.`, { cause: error })
  }
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Depth and keys, in one pass without recursion, before anything is parsed. What is not JSON is left to the parser. */
function checkShape(text: string): void {
  const keysByDepth: Set<string>[] = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === openBrace || unit === openBracket) {
      depth += 1
      if (depth > limits.bodyDepth) {
        throw new OmnigramError('bad-argument', `The body is nested deeper than ${limits.bodyDepth}.`)
      }
      keysByDepth[depth] = new Set()
    } else if (unit === closeBrace || unit === closeBracket) {
      depth -= 1
      if (depth <= 0) return
    } else if (unit === quote) {
      const end = findStringEnd(text, at + 1)
      if (end < 0) return
      if (isFollowedByColon(text, end + 1) && depth > 0) addKey(keysByDepth[depth], text.slice(at, end + 1))
      at = end
    }
  }
}

function findStringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes += 1
    if (backslashes % 2 === 0) return end
  }
  return -1
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1
  return text.charCodeAt(at) === 0x3a
}

function addKey(keys: Set<string>, literal: string): void {
  const key = literal.includes('\\') ? readLiteral(literal) : literal.slice(1, -1)
  if (keys.has(key)) throw new OmnigramError('bad-argument', `The key ${literal} stands twice in one object.`)
  keys.add(key)
}

function readLiteral(literal: string): string {
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal
  }
}
