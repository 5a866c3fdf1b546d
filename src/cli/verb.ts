/** What is a verb of the command line? */
import { OmnigramError } from '../core/errors.js'
import type { Pattern } from '../core/pattern.js'
import type { FlagName } from './flags.js'
import type { Terminal } from './terminal.js'

/** Values of the flags, as the flag table parsed them. */
export type Flags = Readonly<Record<string, unknown>>

/** What a verb gets: its arguments, its flags, where to write, and when to stop. */
export interface VerbCall {
  readonly args: readonly (string | readonly string[])[]
  readonly flags: Flags
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/** Runs to the end and answers the exit code. */
export type RunVerb = (call: VerbCall) => Promise<number>

/** One row of the table of verbs. */
export interface VerbDefinition {
  /** One word, or the name of a group and a word: `contamination run`. */
  readonly name: string
  /** In commander's notation: `<index> [patterns...]`. */
  readonly args: string
  readonly summary: string
  readonly flags: readonly string[]
  /** Two lines that can be run. */
  readonly examples: readonly [string, string]
  /** The code is loaded when the verb is called: a count must not wait for the web server. */
  readonly load: () => Promise<{ run: RunVerb }>
}

/** A row whose flags are known to be there. */
export type Verb = VerbDefinition & { readonly flags: readonly FlagName[] }

export function textArg(call: VerbCall, at: number): string {
  return call.args[at] as string
}

/** The last, variadic argument. */
export function listArg(call: VerbCall, at: number): readonly string[] {
  return (call.args[at] ?? []) as readonly string[]
}

export function textFlag(flags: Flags, name: string): string | undefined {
  return flags[name] as string | undefined
}

export function numberFlag(flags: Flags, name: string): number | undefined {
  return flags[name] as number | undefined
}

export function listFlag(flags: Flags, name: string): readonly string[] {
  return (flags[name] ?? []) as readonly string[]
}

/** The one pattern of a verb: its argument, or `--ids`. Throws `bad-argument` where both are given, or ids more than once. */
export function patternArg(call: VerbCall, at: number): Pattern | undefined {
  const text = call.args[at] as string | undefined
  const [ids, ...more] = (call.flags.ids ?? []) as readonly Uint32Array[]
  if (more.length > 0) throw new OmnigramError('bad-argument', '--ids is given more than once.')
  if (text !== undefined && ids) throw new OmnigramError('bad-argument', 'Give a pattern or --ids, not both.')
  return ids ?? text
}

export function isSet(flags: Flags, name: string): boolean {
  return flags[name] === true
}
