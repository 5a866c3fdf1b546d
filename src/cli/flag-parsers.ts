/** What is a flag, and how is its value read? */
import { InvalidArgumentError } from 'commander'
import { OmnigramError } from '../core/errors.js'
import { parseInteger } from '../core/units.js'

export interface FlagDefinition {
  /** In commander's notation. */
  readonly flags: string
  readonly description: string
  readonly parse?: (text: string, previous: unknown) => unknown
  readonly choices?: readonly string[]
  readonly fallback?: unknown
}

/** A parser whose refusal becomes commander's, so that the flag is named. */
export function asParser<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      if (error instanceof OmnigramError) throw new InvalidArgumentError(error.detail)
      throw error
    }
  }
}

/** Of a flag that may be repeated: all its values. */
export const collect = (text: string, previous: unknown) => [...((previous as string[] | undefined) ?? []), text]

export const integer = (name: string, low: number, high: number) =>
  asParser((text) => parseInteger(text, name, low, high))

export const decimal = (name: string, low: number, high: number) =>
  asParser((text) => {
    const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
    if (value >= low && value <= high) return value
    throw new OmnigramError('bad-argument', `${name} is ${JSON.stringify(text)}, not a number from ${low} to ${high}.`)
  })
