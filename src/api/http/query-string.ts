/** What does the query string of an address say, to the byte? */
import { OmnigramError } from '../../core/errors.js'

/**
 * Names and values, each as often as it stands; `+` is a space, as forms and browsers write it.
 *
 * Throws `bad-argument` where the percent-encoding is not that of UTF-8: other parsers put U+FFFD there, which would
 * count something that nobody asked for.
 */
export function parseQueryString(address: string): Map<string, string[]> {
  const values = new Map<string, string[]>()
  const start = address.indexOf('?')
  if (start < 0) return values
  for (const pair of address.slice(start + 1).split('&')) {
    if (pair === '') continue
    const [name, ...rest] = pair.split('=')
    const key = decode(name)
    values.set(key, [...(values.get(key) ?? []), decode(rest.join('='))])
  }
  return values
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    throw new OmnigramError('bad-argument', `'${text}' is not percent-encoded UTF-8; bytes go into q64 as base64.`, {
      cause: error,
    })
  }
}
