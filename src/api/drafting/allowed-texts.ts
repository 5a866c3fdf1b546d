/** Where do contexts stand among the texts that are allowed? Many are followed together; a session goes on from where it stood. */
import type { Constraint } from '../../drafting/constraint/constraint.js'
import type { Turn } from '../guards/turn.js'

/** A context that was followed. */
export interface FollowedContext<Place> {
  readonly tokens: Uint32Array
  /** Null where the context is not allowed. */
  readonly place: Place | null
}

/** One step of the constraint a token of the longest context, for all of them at once; known contexts are gone on with. */
export async function followContexts<Place>(
  constraint: Constraint<Place>,
  contexts: readonly Uint32Array[],
  known: FollowedContext<Place> | null,
  turn: Turn,
): Promise<FollowedContext<Place>[]> {
  const places: (Place | null)[] = []
  const read: number[] = []
  for (const context of contexts) {
    const goesOn = known !== null && isBeginning(known.tokens, context)
    places.push(goesOn ? known.place : constraint.start)
    read.push(goesOn ? known.tokens.length : 0)
  }
  for (;;) {
    const going = [...contexts.keys()].flatMap((at) => {
      const place = places[at]
      return place !== null && read[at] < contexts[at].length ? [{ at, place }] : []
    })
    if (going.length === 0) break
    await turn.take()
    const tokens = Uint32Array.from(going, ({ at }) => contexts[at][read[at]])
    const advanced = await constraint.advance(
      going.map(({ place }) => place),
      tokens,
    )
    for (const [i, { at }] of going.entries()) {
      places[at] = advanced[i]
      read[at]++
    }
  }
  return contexts.map((tokens, at) => ({ tokens, place: places[at] }))
}

function isBeginning(beginning: Uint32Array, tokens: Uint32Array): boolean {
  return beginning.length <= tokens.length && beginning.every((token, i) => token === tokens[i])
}
