/** How does the user ask for the results after these? */
import { isServerAddress } from './open-reader.js'
import { textArg, type VerbCall } from './verb.js'

/** A folder goes on at any position; a server's pages are read from the first one on. */
export function noteNextPage(call: VerbCall, position: number): void {
  call.terminal.note(isServerAddress(textArg(call, 0)) ? 'more: raise --limit' : `more: --from ${position}`)
}
