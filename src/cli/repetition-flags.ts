/** Which flags say how repetition is measured? Part of the one table. */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { parseBytes } from '../core/units.js'
import { asParser, type FlagDefinition, integer } from './flag-parsers.js'

/** `NAME=N`; what stands before the last `=` is the name. */
const epochs = (text: string, previous: unknown): Map<string, number> =>
  asParser((pair) => {
    const [, name, number] = /^(.*)=(\d+(?:\.\d+)?)$/s.exec(pair) ?? []
    if (name !== undefined && Number(number) <= 1_000_000) {
      return new Map([...((previous as Map<string, number> | undefined) ?? []), [name, Number(number)]])
    }
    throw new OmnigramError(
      'bad-argument',
      `${JSON.stringify(pair)} is not a source and its epochs, as web=1 or books=3.5.`,
    )
  })(text)

export const repetitionFlags = {
  'gramLength': {
    flags: '--length <n>',
    description: 'bytes of the strings that are counted; in an index of tokens tokens (default: 100, or 50 tokens)',
    parse: integer('--length', 1, limits.gramSymbols),
  },
  'sourceField': { flags: '--by <field>', description: 'tell sources apart by this facet field' },
  'epochs': {
    flags: '--epochs <source=n>',
    description:
      'how often a model reads a source, with --by (repeatable; =n: documents without a value; others: once)',
    parse: epochs,
  },
  'spans': { flags: '--spans <file>', description: 'write the removable spans of each document as JSON lines' },
  'topStrings': {
    flags: '--top <n>',
    description: 'strings and groups of duplicates that are listed',
    parse: integer('--top', 0, 100),
    fallback: 10,
  },
  'sampleGrams': {
    flags: '--sample <n>',
    description: 'estimate from n places drawn at random, instead of reading all',
    parse: integer('--sample', 1, 100_000_000),
  },
  'scanMemory': {
    flags: '--memory <size>',
    description: 'memory for the marks, 0.26 bytes a byte; below it a sample is drawn (default: half of what is free)',
    parse: asParser(parseBytes),
  },
  'dropEmpty': { flags: '--drop-empty', description: 'leave out documents of which nothing is left' },
  'scanThreads': {
    flags: '--threads <n>',
    description: 'threads of the scan (default: all cores)',
    parse: integer('--threads', 1, 1_024),
  },
} as const satisfies Record<string, FlagDefinition>
