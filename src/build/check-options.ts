/** Can an index be built with these options? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { IndexOptions, TokenOptions } from '../core/manifest.js'
import type { BuildOptions, TokenBuildOptions } from './build-options.js'

/** Largest distance between two samples. */
const maxRate = 65_536

/** Throws `bad-argument` that names the option and its range. */
export function checkBuildOptions(options: BuildOptions): void {
  if (options.inputs.length === 0)
    throw new OmnigramError('bad-argument', 'There is no input: name files, folders or -.')
  if (options.indexDir === '') throw new OmnigramError('bad-argument', 'indexDir is empty.')
  checkInteger('shardBytes', options.shardBytes, 1, limits.shardBytes)
  checkInteger('memoryBytes', options.memoryBytes, 1, Number.MAX_SAFE_INTEGER)
  checkInteger('threads', options.threads, 1, 1_024)
  checkRate('saRate', options.saRate)
  checkRate('isaRate', options.isaRate)
  if (!['default', 'small', 'fast'].includes(options.profile)) {
    throw new OmnigramError(
      'bad-argument',
      `profile is ${JSON.stringify(options.profile)}, not default, small or fast.`,
    )
  }
  if (!options.tokens) return
  if (options.profile === 'fast')
    throw new OmnigramError('bad-argument', 'profile is fast; for tokens it is default or small.')
  if (options.textStore)
    throw new OmnigramError('bad-argument', 'textStore is for text: tokens are read from the index.')
  checkTokens(options.tokens)
}

function checkTokens({ idsField, idsType, vocabulary, documentSeparator, tokenizerPath }: TokenBuildOptions): void {
  if (vocabulary !== null) checkInteger('vocabulary', vocabulary, 1, limits.vocabulary)
  if (documentSeparator !== null) checkInteger('documentSeparator', documentSeparator, 0, 2 ** 32 - 2)
  if (idsType !== null && !['u16', 'u32'].includes(idsType)) {
    throw new OmnigramError('bad-argument', `idsType is ${JSON.stringify(idsType)}, not u16 or u32.`)
  }
  if (idsField !== null) return
  if (tokenizerPath === null) {
    throw new OmnigramError('bad-argument', 'Tokens need a tokenizer for text, or ready ids in a field or in arrays.')
  }
  if (idsType !== null || documentSeparator !== null) {
    throw new OmnigramError('bad-argument', 'idsType and documentSeparator are for ready ids, which are not tokenised.')
  }
}

/** The options that decide the bytes of the index, as the manifest keeps them; `tokens` with what the tokenizer says. */
export function manifestOptions(options: BuildOptions, tokens: TokenOptions | null): IndexOptions {
  const { shardBytes, saRate, isaRate, profile, textStore, textField, idField, metaFields, facetFields, invalidUtf8 } =
    options
  return {
    shardBytes,
    saRate,
    isaRate,
    profile,
    textStore,
    textField,
    idField,
    metaFields: metaFields === null ? null : [...metaFields],
    facetFields: [...facetFields],
    invalidUtf8,
    ...(tokens && { tokens }),
  }
}

/** The first difference of two values as `name was a and is b`; `null` when they are equal. */
export function describeDifference(was: unknown, is: unknown, name = ''): string | null {
  if (isRecord(was) && isRecord(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const difference = describeDifference(was[key], is[key], name === '' ? key : `${name}.${key}`)
      if (difference !== null) return difference
    }
    return null
  }
  const [before, after] = [JSON.stringify(was) ?? 'absent', JSON.stringify(is) ?? 'absent']
  return before === after ? null : `${name} was ${before} and is ${after}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function checkInteger(name: string, value: number, low: number, high: number): void {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return
  throw new OmnigramError('bad-argument', `${name} is ${value}, not an integer in ${low}..${high}.`)
}

function checkRate(name: string, value: number): void {
  checkInteger(name, value, 1, maxRate)
  if ((value & (value - 1)) !== 0) throw new OmnigramError('bad-argument', `${name} is ${value}, not a power of two.`)
}
