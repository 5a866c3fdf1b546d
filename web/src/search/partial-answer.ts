/** How does the page read an answer that lacks shards? */

/** Which shards an answer lacks. */
export interface MissingShards {
  readonly shards: number
  readonly missing: readonly { readonly index: string; readonly shard: number; readonly documents: number }[]
}

/** Bounds under the names of counts: whoever shows them looks at `partial` first. A whole answer as it is. */
export function readBounds<Answer extends object>(answer: Answer & { readonly partial?: MissingShards }): Answer {
  return answer.partial ? { ...(rename(answer) as Answer), partial: answer.partial } : answer
}

function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) =>
      // Names of the corpus' own.
      name === 'facets' ? [name, field] : [name.replace(/LowerBound$/, ''), rename(field)],
    ),
  )
}
