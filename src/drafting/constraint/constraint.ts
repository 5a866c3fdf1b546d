/** Which tokens may come next, so that a text stays among those that are allowed? Whatever says so implements this. */

/** All that may follow a place; the counts sum to those of the place. */
export interface AllowedNext {
  /** Ascending; each leads on to a text that is allowed as a whole. */
  readonly tokens: Uint32Array
  /** Occurrences, documents or titles that go on with each token. */
  readonly counts: Float64Array
  /** How many end here; where none does, the text may not end. */
  readonly endCount: number
}

/** A set of texts, followed token by token. A place is a beginning of some of them. */
export interface Constraint<Place> {
  /** Before the first token. */
  readonly start: Place
  /** What may follow each place, in their order. */
  allow(places: readonly Place[]): Promise<readonly AllowedNext[]>
  /** Place i with `tokens[i]` after it, for every i as one batch; null where that is not allowed. */
  advance(places: readonly Place[], tokens: Uint32Array): Promise<readonly (Place | null)[]>
}

/** Where a constraint stands after these tokens; null where they are not allowed. One step a token. */
export async function followTokens<Place>(
  constraint: Constraint<Place>,
  tokens: ArrayLike<number>,
): Promise<Place | null> {
  let place: Place | null = constraint.start
  for (let i = 0; i < tokens.length && place !== null; i++) {
    const [next = null]: readonly (Place | null)[] = await constraint.advance([place], Uint32Array.of(tokens[i] ?? 0))
    place = next
  }
  return place
}
