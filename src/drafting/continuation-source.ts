/** Where do continuations of a context come from, and how often did each occur? An index, or the sequence itself. */

import type { DraftOrigin } from './drafter.js'

/** A string of tokens that occurs; what else it holds is its source's affair. */
export interface ContinuationNode {
  /** Occurrences that something follows or that end there; at least 1. */
  readonly count: number
}

export interface Continuation {
  readonly token: number
  /** Occurrences of the string with this token after it. */
  readonly count: number
}

export interface ContinuationSource<Node extends ContinuationNode> {
  /** Absent: the corpus. */
  readonly origin?: DraftOrigin
  /** The last 1, 2, … tokens of the context, as long as they occur, at most `maxMatch`. */
  matchEnds(context: Uint32Array, maxMatch: number): Promise<Node[]>
  /** What follows the string, most frequent first, then by token; at most `limit`, ends of documents left out. */
  next(node: Node, limit: number): Promise<readonly Continuation[]>
  /** The string and one token that {@link ContinuationSource.next} named. */
  descend(node: Node, token: number): Promise<Node>
  /** Tokens were decoded. An index stays as it is; what learns from the sequence takes them in. */
  observe(tokens: readonly number[]): void
}
