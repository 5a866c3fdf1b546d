/** What do clients of infini-gram mini expect to read when something is wrong? */
import { type OmnigramError, toOmnigramError } from '../../core/errors.js'

/** A refusal in the words of the original, with the status of the original or the right one where it sent 200. */
export class DoorError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

export function missingField(name: string): DoorError {
  return new DoorError(400, `[Flask] Missing required field: '${name}'`)
}

/** Any error in the original's words. */
export function toDoorError(thrown: unknown): DoorError {
  if (thrown instanceof DoorError) return thrown
  const error = toOmnigramError(thrown)
  if (error.code === 'deadline-exceeded') {
    return new DoorError(500, '[Flask] Web request timed out. Please try again later.')
  }
  return new DoorError(error.kind.status, `[Flask] ${nameFault(error)}`)
}

function nameFault(error: OmnigramError): string {
  if (error.kind.status < 500) return `Web request error: ${error.message}`
  return `Internal server error: ${error.code === 'internal' ? error.kind.title : error.message}`
}
