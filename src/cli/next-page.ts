/** How does the user ask for the results after these? */
import { isServerAddress } from './open-reader.js'
import { readPartial, type SearchTarget } from './search-target.js'
import { textArg, type VerbCall } from './verb.js'

/** A folder goes on at any position; a server's pages are read from the first one on. */
export function noteNextPage(call: VerbCall, position: number): void {
  call.terminal.note(isServerAddress(textArg(call, 0)) ? 'more: raise --limit' : `more: --from ${position}`)
}

/** Pages of a partial answer do not go on: positions are others as soon as a shard is back. `left` results were wanted still. */
export function noteLastPage(reader: SearchTarget, { terminal }: VerbCall, left: number): void {
  if (left > 0 && readPartial(reader)) terminal.note('there may be more: a partial answer has one page')
}
