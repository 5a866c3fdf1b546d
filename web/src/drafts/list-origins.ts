/** Where do accepted tokens come from, and how can one look there? */
import type { Origin, TokensEvent, ToldToken } from './answers.ts'

export interface ListedOrigin {
  readonly pass: number
  /** What was accepted. */
  readonly text: string
  readonly origin: Origin
  /** The tokens that stand in the same way at the origin. */
  readonly matchIds: readonly number[]
}

export function listOrigins(prompt: readonly ToldToken[], passes: readonly TokensEvent[]): ListedOrigin[] {
  const ids = prompt.map(({ id }) => id)
  const listed: ListedOrigin[] = []
  for (const { pass, tokens, origin } of passes) {
    const accepted = tokens.filter(({ isAccepted }) => isAccepted)
    ids.push(...accepted.map(({ id }) => id))
    if (origin) {
      const text = accepted.map((token) => token.text ?? '\ufffd').join('')
      listed.push({ pass, text, origin, matchIds: origin.matchTokens > 0 ? ids.slice(-origin.matchTokens) : [] })
    }
    ids.push(...tokens.filter(({ isAccepted }) => !isAccepted).map(({ id }) => id))
  }
  return listed
}
