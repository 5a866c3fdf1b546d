/** Were the arguments UTF-8? Node puts U+FFFD for what is not, and a count of that would be a count of something else. */
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { OmnigramError } from '../core/errors.js'

/** The arguments as the system holds them, or null where it does not tell. */
function readRawArguments(): Buffer | null {
  try {
    return readFileSync('/proc/self/cmdline')
  } catch {
    return null
  }
}

/** Throws `bad-argument` when an argument is not UTF-8. Reads nothing unless one holds U+FFFD. */
export function checkArgumentBytes(argv: readonly string[]): void {
  const at = argv.findIndex((argument) => argument.includes('\ufffd'))
  if (at < 0) return
  const raw = readRawArguments()
  if (raw !== null && !isUtf8(raw)) {
    throw new OmnigramError(
      'bad-argument',
      `Argument ${at + 1} is not UTF-8; --from-file takes any text by JSON escapes.`,
    )
  }
}
